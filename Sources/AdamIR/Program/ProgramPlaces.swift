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

extension Instruction {
  /// Registers that the instruction writes.
  package var writtenRegisters: [Register] {
    switch self {
    case .constant(let d, _), .move(let d, _), .unset(let d), .loadGlobal(let d, _),
      .loadGlobalIfSet(let d, _), .binary(let d, _, _, _), .negate(let d, _), .not(let d, _),
      .list(let d, _), .tuple(let d, _), .record(let d, _, _), .range(let d, _, _, _),
      .format(let d, _), .index(let d, _, _), .setIndex(let d, _, _), .field(let d, _, _),
      .setField(let d, _, _), .call(let d, _, _), .callMethod(let d, _, _, _),
      .verb(let d, _, _), .closure(let d, _), .iterate(let d, _), .next(let d, _, _),
      .append(let d, _):
      [d]
    case .importModule(let d, _, _): [d]
    case .hook(let d, let site): [d] + site.updates.map(\.register)
    case .unpack(let first, _, let count):
      (0..<max(count, 0)).map { Register(first.index &+ $0) }
    case .requireSet, .storeGlobal, .requireBool, .jump, .jumpIfFalse, .jumpIfTrue, .loop,
      .loopHeader, .assert, .statement, .result, .returnValue, .unsupported:
      []
    }
  }
}
