// Parameter updates: one sweep over the parameters of a step with their gradients and state.
import AdamFormulas
import AdamKernelABI

func adam(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let options = x.pointee.n1
  // The common case apart: no branch inside its loop.
  if options == 0 {
    sweep(Adam.self, x, begin, end, options: 0, slots: 2)
  } else {
    sweep(
      Adam.self, x, begin, end, options: options, slots: options & AdamOption.amsgrad != 0 ? 3 : 2)
  }
}

func adamw(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let options = x.pointee.n1
  if options == AdamOption.decay {
    sweep(AdamW.self, x, begin, end, options: AdamOption.decay, slots: 2)
  } else {
    sweep(
      AdamW.self, x, begin, end, options: options,
      slots: options & AdamOption.amsgrad != 0 ? 3 : 2)
  }
}

func sgd(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let options = x.pointee.n1
  if options == 0 {
    sweep(SGD.self, x, begin, end, options: 0, slots: 0)
  } else {
    sweep(
      SGD.self, x, begin, end, options: options, slots: options & SGDOption.momentum != 0 ? 1 : 0)
  }
}

/// The units `begin ..< end`, which may be parts of several parameters.
@inline(__always)
private func sweep<Rule: OptimizerRule>(
  _: Rule.Type, _ x: UnsafePointer<KernelArguments>, _ begin: Int, _ end: Int, options: Int,
  slots: Int
) {
  let targets = x.pointee.p0.unsafelyUnwrapped.assumingMemoryBound(to: UpdateTarget.self)
  let scalars = OptimizerScalars<Lane16>(UnsafePointer(x.pointee.p1.floats))
  for index in 0..<x.pointee.n0 {
    let target = targets + index
    let first = max(begin &- target.pointee.firstUnit, 0) &* KernelTable.chunk
    let last = min((end &- target.pointee.firstUnit) &* KernelTable.chunk, target.pointee.count)
    if first < last {
      update(Rule.self, target, first, last, scalars, options: options, slots: slots)
    }
  }
}

/// Sixteen elements at a time; the lanes that the last ones leave free compute zeros for nobody.
@inline(__always)
private func update<Rule: OptimizerRule>(
  _: Rule.Type, _ target: UnsafePointer<UpdateTarget>, _ first: Int, _ last: Int,
  _ scalars: OptimizerScalars<Lane16>, options: Int, slots: Int
) {
  var at = first
  let p = target.pointee.parameter.floats, g = target.pointee.gradient.floats
  // A slot that the rule does not use points at the parameter and is not written.
  let m = slots > 0 ? target.pointee.slot0.floats : p
  let v = slots > 1 ? target.pointee.slot1.floats : p
  let w = slots > 2 ? target.pointee.slot2.floats : p
  while at &+ 16 <= last {
    var lanes = OptimizerLanes(
      parameter: load16(p + at), gradient: load16(g + at), slot0: load16(m + at),
      slot1: load16(v + at), slot2: load16(w + at))
    Rule.step(&lanes, scalars, options: options)
    if slots > 0 { store16(lanes.slot0, m + at) }
    if slots > 1 { store16(lanes.slot1, v + at) }
    if slots > 2 { store16(lanes.slot2, w + at) }
    store16(lanes.parameter, p + at)
    at &+= 16
  }
  let rest = last &- at
  if rest == 0 { return }
  var lanes = OptimizerLanes(
    parameter: load(p + at, count: rest), gradient: load(g + at, count: rest),
    slot0: load(m + at, count: rest), slot1: load(v + at, count: rest),
    slot2: load(w + at, count: rest))
  Rule.step(&lanes, scalars, options: options)
  if slots > 0 { store(lanes.slot0, m + at, count: rest) }
  if slots > 1 { store(lanes.slot1, v + at, count: rest) }
  if slots > 2 { store(lanes.slot2, w + at, count: rest) }
  store(lanes.parameter, p + at, count: rest)
}
