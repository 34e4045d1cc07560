// Holds a program against its own rules: registers, labels, names and functions in range, loops
// closed. Run in tests after lowering and after reading a text.

/// What is wrong and where; an empty list of these means the program is sound.
package struct ProgramFault: Hashable, Sendable {
  package var function: Int
  package var instruction: Int?
  package var message: String
}

extension Program {
  package func verify() -> [ProgramFault] {
    functions.indices.flatMap { index -> [ProgramFault] in
      var check = FunctionVerifier(program: self, number: index)
      check.run()
      return check.faults
    }
  }
}

private struct FunctionVerifier {
  let program: Program
  let number: Int
  var faults: [ProgramFault] = []
  private var function: ProgramFunction { program.functions[number] }

  init(program: Program, number: Int) {
    self.program = program
    self.number = number
  }

  mutating func fail(_ message: String, _ instruction: Int?) {
    faults.append(ProgramFault(function: number, instruction: instruction, message: message))
  }

  mutating func run() {
    let function = function
    if function.spans.count != function.instructions.count {
      fail("\(function.spans.count) places for \(function.instructions.count) instructions", nil)
    }
    if function.parameters.count > Int(function.registerCount) {
      fail("more parameters than registers", nil)
    }
    if let register = function.selfRegister, !isValid(register) { fail("self register", nil) }
    for (index, instruction) in function.instructions.enumerated() {
      for register in instruction.registers where !isValid(register) {
        fail("register %\(register.index) of \(function.registerCount)", index)
      }
      for name in instruction.nameIndices where name < 0 || Int(name) >= program.names.count {
        fail("name \(name) of \(program.names.count)", index)
      }
      checkLabels(instruction, index)
      checkClosure(instruction, index)
    }
    if case .returnValue? = function.instructions.last { return }
    fail("does not end with return", nil)
  }

  private func isValid(_ register: Register) -> Bool {
    register.index >= 0 && register.index < function.registerCount
  }

  /// Jumps go forward, `loop` goes back to a header.
  private mutating func checkLabels(_ instruction: Instruction, _ index: Int) {
    if case .loop(let target) = instruction {
      let isHeader = target >= 0 && target < index && function.instructions[Int(target)].isLoopHeader
      if !isHeader { fail("loop to \(target), which is no loop header", index) }
      return
    }
    guard let target = instruction.jumpTarget else { return }
    if Int(target) <= index || Int(target) >= function.instructions.count {
      fail("jump to \(target)", index)
    }
  }

  private mutating func checkClosure(_ instruction: Instruction, _ index: Int) {
    guard case .closure(_, let site) = instruction else { return }
    guard site.function > 0, site.function < program.functions.count else {
      return fail("function \(site.function) of \(program.functions.count)", index)
    }
    let callee = program.functions[site.function]
    for capture in site.captures where capture.to.index >= callee.registerCount {
      fail("capture into %\(capture.to.index) of \(callee.registerCount)", index)
    }
    for entry in site.defaults where entry.parameter >= callee.parameters.count {
      fail("default of parameter \(entry.parameter)", index)
    }
  }
}

extension Instruction {
  package var isLoopHeader: Bool {
    if case .loopHeader = self { true } else { false }
  }

  /// Where a forward jump goes; a loop header names the index behind its loop.
  package var jumpTarget: Int32? {
    switch self {
    case .jump(let target), .jumpIfFalse(_, let target), .jumpIfTrue(_, let target),
      .loopHeader(let target), .next(_, _, let target): target
    default: nil
    }
  }

  package var nameIndices: [Int32] {
    switch self {
    case .requireSet(_, let name), .loadGlobal(_, let name), .loadGlobalIfSet(_, let name),
      .storeGlobal(let name, _), .field(_, _, let name), .setField(_, let name, _),
      .callMethod(_, _, let name, _), .verb(_, let name, _): [name]
    default: []
    }
  }

  /// All registers that are read or written. `iterate` and `unpack` name the last one of their rows.
  package var registers: [Register] {
    switch self {
    case .constant(let d, _), .unset(let d), .loadGlobal(let d, _), .loadGlobalIfSet(let d, _),
      .importModule(let d, _, _): [d]
    case .requireSet(let a, _), .storeGlobal(_, let a), .requireBool(let a), .result(let a),
      .jumpIfFalse(let a, _), .jumpIfTrue(let a, _), .returnValue(let a): [a]
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
