// Holds a program against its own rules: registers, names and functions in range, jumps that make
// branches and loops. Run in tests after lowering and after reading a text.

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
    for capture in function.captures where !isValid(capture.register) { fail("register of \(capture.name)", nil) }
    for (index, instruction) in function.instructions.enumerated() {
      for register in instruction.registers where !isValid(register) {
        fail("register %\(register.index) of \(function.registerCount)", index)
      }
      for name in instruction.nameIndices where name < 0 || Int(name) >= program.names.count {
        fail("name \(name) of \(program.names.count)", index)
      }
      checkClosure(instruction, index)
    }
    for fault in ControlStructure(function.instructions).faults { fail(fault.message, fault.instruction) }
    if case .returnValue? = function.instructions.last { return }
    fail("does not end with return", nil)
  }

  private func isValid(_ register: Register) -> Bool {
    register.index >= 0 && register.index < function.registerCount
  }

  private mutating func checkClosure(_ instruction: Instruction, _ index: Int) {
    if case .inlined(_, let number, _) = instruction, !program.functions.indices.contains(number) {
      return fail("function \(number) of \(program.functions.count)", index)
    }
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
  /// Where a forward jump goes; a loop header names the index behind its loop.
  package var jumpTarget: Int32? {
    switch self {
    case .jump(let target), .jumpIfFalse(_, let target), .jumpIfTrue(_, let target),
      .loopHeader(let target), .next(_, _, let target), .inlined(_, _, let target): target
    default: nil
    }
  }
}
