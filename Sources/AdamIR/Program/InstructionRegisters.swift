// Which registers and names an instruction touches.

extension Instruction {
  package var nameIndices: [Int32] {
    switch self {
    case .requireSet(_, let name), .loadGlobal(_, let name), .loadGlobalIfSet(_, let name),
      .storeGlobal(let name, _), .field(_, _, let name), .setField(_, let name, _),
      .callMethod(_, _, let name, _), .verb(_, let name, _): [name]
    default: []
    }
  }

  /// Registers whose contents the instruction depends on. A collection that is changed in place is read.
  package var readRegisters: [Register] {
    switch self {
    case .constant, .unset, .loadGlobal, .loadGlobalIfSet, .jump, .loop, .loopHeader, .statement, .unsupported,
      .importModule:
      []
    case .requireSet(let a, _), .storeGlobal(_, let a), .requireBool(let a), .result(let a),
      .jumpIfFalse(let a, _), .jumpIfTrue(let a, _), .returnValue(let a), .inlined(let a, _, _),
      .move(_, let a), .negate(_, let a), .not(_, let a), .field(_, let a, _), .iterate(_, let a),
      .unpack(_, let a, _):
      [a]
    case .binary(_, _, let a, let b), .range(_, let a, let b, _), .setField(let a, _, let b), .append(let a, let b):
      [a, b]
    case .list(_, let elements), .tuple(_, let elements), .record(_, _, let elements): elements
    case .format(_, let parts): parts.compactMap(\.register)
    case .index(_, let a, let items): [a] + items.compactMap(\.register)
    case .setIndex(let base, let items, let a): [base, a] + items.compactMap(\.register)
    case .call(_, let a, let site), .callMethod(_, let a, _, let site): [a] + site.registers
    case .verb(_, _, let site): site.registers
    case .closure(_, let site): site.captures.map(\.from) + site.defaults.map(\.from)
    case .next(_, let iterator, _):
      [iterator, Register(iterator.index + 1), Register(iterator.index + 2)]
    case .hook(_, let site):
      [site.closure] + (site.every.map { [$0] } ?? []) + site.captures.map(\.from)
    case .assert(let a, let sides, let message): [a] + sides + (message.map { [$0] } ?? [])
    }
  }

  /// Registers that the instruction writes. An iterator's state behind its first register is not named.
  package var writtenRegisters: [Register] {
    switch self {
    case .constant(let d, _), .move(let d, _), .unset(let d), .loadGlobal(let d, _),
      .loadGlobalIfSet(let d, _), .binary(let d, _, _, _), .negate(let d, _), .not(let d, _),
      .list(let d, _), .tuple(let d, _), .record(let d, _, _), .range(let d, _, _, _),
      .format(let d, _), .index(let d, _, _), .setIndex(let d, _, _), .field(let d, _, _),
      .setField(let d, _, _), .call(let d, _, _), .callMethod(let d, _, _, _),
      .verb(let d, _, _), .closure(let d, _), .iterate(let d, _), .next(let d, _, _),
      .append(let d, _), .importModule(let d, _, _):
      [d]
    case .hook(let d, let site): [d] + site.updates.map(\.register)
    case .unpack(let first, _, let count):
      (0..<max(count, 0)).map { Register(first.index &+ $0) }
    case .requireSet, .storeGlobal, .requireBool, .jump, .jumpIfFalse, .jumpIfTrue, .loop,
      .loopHeader, .assert, .statement, .result, .returnValue, .unsupported, .inlined:
      []
    }
  }

  /// All registers that are read or written. `iterate` and `unpack` name the last one of their rows.
  package var registers: [Register] {
    switch self {
    case .constant(let d, _), .unset(let d), .loadGlobal(let d, _), .loadGlobalIfSet(let d, _),
      .importModule(let d, _, _): [d]
    case .requireSet(let a, _), .storeGlobal(_, let a), .requireBool(let a), .result(let a),
      .jumpIfFalse(let a, _), .jumpIfTrue(let a, _), .returnValue(let a), .inlined(let a, _, _): [a]
    case .move(let d, let a), .negate(let d, let a), .not(let d, let a), .field(let d, let a, _),
      .setField(let d, _, let a), .next(let d, let a, _), .append(let d, let a): [d, a]
    case .binary(let d, _, let a, let b), .range(let d, let a, let b, _): [d, a, b]
    case .list(let d, let elements), .tuple(let d, let elements), .record(let d, _, let elements):
      [d] + elements
    case .format(let d, let parts): [d] + parts.compactMap(\.register)
    case .index(let d, let a, let items), .setIndex(let d, let items, let a):
      [d, a] + items.compactMap(\.register)
    case .call(let d, let a, let site), .callMethod(let d, let a, _, let site):
      [d, a] + site.registers
    case .verb(let d, _, let site): [d] + site.registers
    case .closure(let d, let site): [d] + site.captures.map(\.from) + site.defaults.map(\.from)
    case .iterate(let d, let a): [d, Register(d.index + 2), a]
    case .unpack(let first, let a, let count): [first, Register(first.index + max(count, 1) - 1), a]
    case .hook(let d, let site):
      [d, site.closure] + (site.every.map { [$0] } ?? []) + site.captures.map(\.from)
        + site.updates.map(\.register)
    case .assert(let a, let sides, let message): [a] + sides + (message.map { [$0] } ?? [])
    case .jump, .loop, .loopHeader, .statement, .unsupported: []
    }
  }
}

extension CallSite {
  fileprivate var registers: [Register] {
    arguments.map(\.register) + (fallback.map { [$0] } ?? [])
  }
}

extension FormatPart {
  fileprivate var register: Register? {
    if case .value(let register, _) = self { register } else { nil }
  }
}

extension IndexOperand {
  package var register: Register? {
    switch self {
    case .value(let register), .from(let register), .upTo(let register, _): register
    case .all: nil
    }
  }
}
