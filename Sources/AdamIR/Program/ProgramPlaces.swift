// Where values were written, so that messages point at an operand and not at all of its statement.
import AdamSource

extension ProgramFunction {
  /// The place of what the registers hold at an instruction, as far as it lies inside of the
  /// instruction's own; nil when nothing does.
  package func place(of registers: [Register], at index: Int) -> Span? {
    guard spans.indices.contains(index) else { return nil }
    let whole = spans[index]
    var result: Span?
    for register in registers {
      guard let writer = instructions[..<index].lastIndex(where: { $0.writtenRegisters.contains(register) })
      else { continue }
      let span = spans[writer]
      guard span.source == whole.source, whole.start <= span.start, span.end <= whole.end, span != whole
      else { continue }
      result = result.map { $0.union(span) } ?? span
    }
    return result
  }
}
