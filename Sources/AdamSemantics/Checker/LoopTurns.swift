// What is known of the variables that a loop assigns, at the beginning of each of its turns: what held before
// the loop joined with what a turn leaves, until one more turn adds nothing (Cousot & Cousot 1977).
import AdamIR
import AdamLibrary
import AdamSource

extension Frame {
  private enum Bound {
    /// From this turn on what still changes is taken to be unknown.
    static let patience = 2
    static let turns = 6
    /// Instructions of all turns that are done one by one.
    static let unrolled = 4_096
  }

  /// Tries turns until nothing changes any more; nil when that is not found out. Of what the turns find only
  /// the mistakes of the first are kept, whose values are certain.
  /// - Parameter body: the instructions from the test on, with the jump back.
  func settled(_ variables: Set<Int>, in body: Range<Int>) -> [Int: Slot]? {
    if flow.isDead || !engine.canLook { return nil }
    var slots = Dictionary(uniqueKeysWithValues: variables.map { ($0, flow[$0]) })
    for number in 0..<Bound.turns {
      let (end, mistakes) = looking { turn(slots, body) }
      if number == 0 { engine.keep(mistakes) }
      guard case .left(let left) = end else { return nil }
      let changed = variables.filter { !(slots[$0]?.covers(left[$0]) ?? false) }
      if changed.isEmpty { return slots }
      for variable in changed {
        guard let before = slots[variable], let after = left[variable] else { continue }
        slots[variable] = before.join(after)
        if number >= Bound.patience { slots[variable]?.value = .unknown }
      }
    }
    return nil
  }

  /// Does the turns one by one, where each value is of importance: in a trace, and where a list is made.
  /// Gives false when there are too many, or it is not known how many there are.
  func unroll(_ iterator: Register, into d: Register, _ body: Range<Int>, done: Int32) -> Bool {
    let appends = body.filter { if case .append = function.instructions[$0] { true } else { false } }
    guard !flow.isDead, let elements = value(iterator).fewElements, body.count * elements.count <= Bound.unrolled,
      engine.isTracing || !appends.isEmpty || elements.isEmpty && !isUncalled,
      engine.mayUnroll(body.count * elements.count)
    else { return false }
    if elements.isEmpty { lookAtNames(in: body, binding: d) }
    let hasWarned = hasWarnedUnreachable
    // What one turn does not reach another may.
    hasWarnedUnreachable = true
    var uncertain: [[Diagnostic]] = []
    for element in elements where !flow.isDead {
      exactAppends.formUnion(appends)
      position = body.lowerBound
      write(d, element)
      uncertain.append(engine.uncertain {
        _ = follow(body.dropFirst().dropLast())
        flow.arrive(at: body.upperBound - 1)
      }.mistakes)
    }
    // What goes wrong in every turn does so on every way.
    engine.keep(uncertain.first?.filter { one in uncertain.allSatisfy { $0.contains { $0.isSame(as: one) } } } ?? [])
    hasWarnedUnreachable = hasWarned
    exactAppends.subtract(appends)
    flow.save(flow.state, for: Int(done))
    flow.isDead = true
    position = body.upperBound - 1
    return true
  }

  /// Of a body that is never run only names that nothing defines are mistakes.
  private func lookAtNames(in body: Range<Int>, binding d: Register) {
    guard engine.canLook else { return }
    let (_, mistakes) = looking {
      position = body.lowerBound
      write(d, .unknown)
      _ = follow(body.dropFirst().dropLast(), while: engine.takesStep)
    }
    engine.keep(mistakes.filter { $0.code == .unknownName && !$0.isUseBeforeValue })
  }

  private enum Turn {
    /// The variables at the jump back; none when it is never reached.
    case left([Int: Slot])
    case gaveUp
  }

  /// One turn that begins with these values.
  private func turn(_ slots: [Int: Slot], _ body: Range<Int>) -> Turn {
    for variable in slots.keys.sorted() { flow.write(variable, slots[variable] ?? .unset) }
    guard follow(body.dropLast(), while: engine.takesStep) else { return .gaveUp }
    flow.arrive(at: body.upperBound - 1)
    return .left(flow.isDead ? [:] : slots.keys.reduce(into: [:]) { $0[$1] = flow[$1] })
  }
}

extension AbstractValue {
  /// The elements of a loop over it where they are known one by one and few.
  fileprivate var fewElements: [AbstractValue]? {
    if case .known(.range(let box)) = self {
      guard box.count <= 64, let count = Int(exactly: box.count) else { return nil }
      return (0..<count).map { .known(.number(box.lower + Double($0))) }
    }
    return asElements.flatMap { $0.count <= 64 ? $0 : nil }
  }
}

extension Diagnostic {
  fileprivate func isSame(as other: Diagnostic) -> Bool { code == other.code && span == other.span }
}

extension Slot {
  /// Whether joining the other adds nothing. Without another the way there is never taken.
  fileprivate func covers(_ other: Slot?) -> Bool {
    guard let other else { return true }
    let joined = join(other)
    return joined.isUnset == isUnset && joined.mayBeUnset == mayBeUnset && joined.value.isSame(as: value)
  }
}
