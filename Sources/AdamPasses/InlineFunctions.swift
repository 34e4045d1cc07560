// inline: puts the bodies of small functions where they are called.
// After this pass a call of a short straight-line function of the same program starts no frame.
import AdamIR
import AdamSource

extension ProgramPass {
  /// A name is looked up when the call runs, so what it means is only guessed here: `inlined` tests
  /// that the value at hand is that very function, and the call itself stands beside it for any other.
  /// The test counts an operation and looks at the call depth as a call does; an error inside names the
  /// place of the call as if a frame had been left.
  ///
  /// A body qualifies when it is at most `limit` operators, constants, names and fields in a straight
  /// line, writes no parameter, captures nothing and is given exactly its arguments by position. So it
  /// calls nothing, draws nothing and runs no loop.
  package static let inlineFunctions = ProgramPass(
    "inline", purpose: "run the bodies of small functions without a call"
  ) { program in
    var program = program
    let inlining = Inlining(program)
    for index in program.functions.indices {
      program.functions[index] = inlining.rewritten(program.functions[index])
    }
    return program
  }
}

private struct Inlining {
  private static let limit = 12

  private let program: Program
  /// Bodies that qualify, by function.
  private let bodies: [Int: ProgramFunction]
  /// The function that a name is most likely bound to: the only one stored under it.
  private var functionOfName: [Int32: Int] = [:]

  init(_ program: Program) {
    self.program = program
    var captured: Set<Int> = []
    var stored: [Int32: Set<Int>] = [:]
    for function in program.functions {
      for (index, instruction) in function.instructions.enumerated() {
        if case .closure(_, let site) = instruction, !site.captures.isEmpty { captured.insert(site.function) }
        guard case .storeGlobal(let name, let value) = instruction else { continue }
        stored[name, default: []].insert(Inlining.closure(in: value, before: index, of: function) ?? -1)
      }
    }
    functionOfName = stored.compactMapValues { $0.count == 1 ? $0.first : nil }
    var bodies: [Int: ProgramFunction] = [:]
    for (index, function) in program.functions.enumerated() where index > 0 && !captured.contains(index) {
      if Inlining.qualifies(function) { bodies[index] = function }
    }
    self.bodies = bodies
  }

  /// The function that a register was made a closure of, looking back over straight-line code.
  private static func closure(in register: Register, before index: Int, of function: ProgramFunction) -> Int? {
    for instruction in function.instructions[..<index].reversed().prefix(4)
    where instruction.writtenRegisters.contains(register) {
      if case .closure(_, let site) = instruction { return site.function }
      return nil
    }
    return nil
  }

  private static func qualifies(_ function: ProgramFunction) -> Bool {
    guard !function.isHook, function.instructions.count <= limit, case .returnValue? = function.instructions.last
    else { return false }
    let fixed = Int32(clamping: function.parameters.count)
    return function.instructions.dropLast().allSatisfy { instruction in
      isPlain(instruction) && instruction.writtenRegisters.allSatisfy { $0.index >= fixed }
        && !instruction.readRegisters.contains { $0 == function.selfRegister }
    }
  }

  private static func isPlain(_ instruction: Instruction) -> Bool {
    switch instruction {
    case .constant, .move, .negate, .not, .loadGlobal, .field: true
    case .binary(_, let op, _, _): op != .concatenate && op != .then
    default: false
    }
  }

  // MARK: Rewriting

  func rewritten(_ function: ProgramFunction) -> ProgramFunction {
    let calls = function.instructions.indices.compactMap { index in
      callee(of: function, at: index).map { (index: index, callee: $0) }
    }
    if calls.isEmpty { return function }
    var result = function
    result.instructions = []
    result.spans = []
    var places: [Int] = []
    var added: Set<Int> = []
    var next = calls[...]
    for index in function.instructions.indices {
      places.append(result.instructions.count)
      let before = result.instructions.count
      if next.first?.index == index, let call = next.popFirst() {
        append(
          call.callee, for: function.instructions[index], at: function.spans[index],
          from: function.registerCount, to: &result)
        added.formUnion(before..<result.instructions.count)
      }
      result.instructions.append(function.instructions[index])
      result.spans.append(function.spans[index])
    }
    // The new jumps lead behind the call they stand before; the old ones follow their targets.
    for index in result.instructions.indices where !added.contains(index) {
      result.instructions[index].moveTarget { places[$0] }
    }
    return result
  }

  /// The function that most likely runs at a call, when its body qualifies.
  private func callee(of function: ProgramFunction, at index: Int) -> Int? {
    guard case .call(_, let f, let site) = function.instructions[index], site.fallback == nil,
      site.arguments.allSatisfy({ $0.name == nil && !$0.isImplicit })
    else { return nil }
    let writer = function.instructions[..<index].lastIndex { $0.writtenRegisters.contains(f) }
    guard let writer else { return nil }
    let number: Int?
    switch function.instructions[writer] {
    case .loadGlobal(_, let name): number = functionOfName[name]
    case .closure(_, let site): number = site.function
    default: number = nil
    }
    guard let number, let body = bodies[number], body.parameters.count == site.arguments.count else { return nil }
    return number
  }

  /// The test, the body under the caller's registers, and the jump behind the call that follows. All
  /// bodies share the registers from `first` on, since none of them outlives its call.
  private func append(
    _ number: Int, for call: Instruction, at span: Span, from first: Int32, to function: inout ProgramFunction
  ) {
    guard case .call(let d, let f, let site) = call, let body = bodies[number],
      case .returnValue(let value)? = body.instructions.last
    else { return }
    let fixed = Int32(clamping: body.parameters.count)
    let registers = { (register: Register) -> Register in
      let index = Int(register.index)
      return index < site.arguments.count
        ? site.arguments[index].register : Register(first + register.index - fixed)
    }
    function.registerCount = max(function.registerCount, first + max(body.registerCount - fixed, 0))
    let length = body.instructions.count
    let start = function.instructions.count
    function.instructions.append(.inlined(f, function: number, Int32(clamping: start + length + 2)))
    function.spans.append(span)
    for (instruction, place) in zip(body.instructions.dropLast(), body.spans) {
      function.instructions.append(instruction.mapping(registers))
      function.spans.append(place)
    }
    function.instructions.append(.move(d: d, registers(value)))
    function.spans.append(body.spans[length - 1])
    function.instructions.append(.jump(Int32(clamping: start + length + 3)))
    function.spans.append(span)
  }
}

extension Instruction {
  /// The same on other registers. Only for what stands in bodies that qualify.
  fileprivate func mapping(_ register: (Register) -> Register) -> Instruction {
    switch self {
    case .constant(let d, let value): .constant(d: register(d), value)
    case .move(let d, let a): .move(d: register(d), register(a))
    case .negate(let d, let a): .negate(d: register(d), register(a))
    case .not(let d, let a): .not(d: register(d), register(a))
    case .loadGlobal(let d, let name): .loadGlobal(d: register(d), name: name)
    case .field(let d, let a, let name): .field(d: register(d), register(a), name: name)
    case .binary(let d, let op, let a, let b): .binary(d: register(d), op, register(a), register(b))
    default: self
    }
  }
}
