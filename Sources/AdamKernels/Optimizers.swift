// Parameter updates: one sweep over parameter, gradient and state per rule.
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

/// Sixteen elements at a time, then the tail one by one by the same formula.
@inline(__always)
private func sweep<Rule: OptimizerRule>(
  _: Rule.Type, _ x: UnsafePointer<KernelArguments>, _ begin: Int, _ end: Int, options: Int,
  slots: Int
) {
  let last = min(end &* KernelTable.chunk, x.pointee.n0)
  var at = begin &* KernelTable.chunk
  let p = x.pointee.p0.floats, g = x.pointee.p1.floats
  // A slot that the rule does not use points at the parameter and is not written.
  let m = slots > 0 ? x.pointee.p2.floats : p
  let v = slots > 1 ? x.pointee.p3.floats : p
  let w = slots > 2 ? x.pointee.p4.floats : p
  let numbers = UnsafePointer(x.pointee.p7.floats)
  let wide = OptimizerScalars<Lane16>(numbers)
  while at &+ 16 <= last {
    var lanes = OptimizerLanes(
      parameter: load16(p + at), gradient: load16(g + at), slot0: load16(m + at),
      slot1: load16(v + at), slot2: load16(w + at))
    Rule.step(&lanes, wide, options: options)
    if slots > 0 { store16(lanes.slot0, m + at) }
    if slots > 1 { store16(lanes.slot1, v + at) }
    if slots > 2 { store16(lanes.slot2, w + at) }
    store16(lanes.parameter, p + at)
    at &+= 16
  }
  let single = OptimizerScalars<Float>(numbers)
  while at < last {
    var lanes = OptimizerLanes(
      parameter: p[at], gradient: g[at], slot0: m[at], slot1: v[at], slot2: w[at])
    Rule.step(&lanes, single, options: options)
    if slots > 0 { m[at] = lanes.slot0 }
    if slots > 1 { v[at] = lanes.slot1 }
    if slots > 2 { w[at] = lanes.slot2 }
    p[at] = lanes.parameter
    at &+= 1
  }
}
