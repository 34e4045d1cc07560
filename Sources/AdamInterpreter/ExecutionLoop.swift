// The loop of the VM. Numbers, jumps, lists and calls of script functions are done here; everything else
// goes the slow way, which may call back into the script, so all addresses are taken anew behind it.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  /// Runs until the frame at `depth` returns; gives its value. On an error the frames above `depth`
  /// are left.
  func loop(until depth: Int) throws(Diagnostic) -> Value {
    defer { if frames.isEmpty { releaseHeld() } }
    do throws(Diagnostic) {
      return try execute(until: depth)
    } catch {
      let annotated = annotated(error, from: depth)
      unwind(to: depth)
      throw annotated
    }
  }

  /// A table of the instructions: what is done at once goes on, the rest falls through to the slow
  /// way. The loop keeps four plain values only: they must fit the processor's registers.
  private func execute(until depth: Int) throws(Diagnostic) -> Value {
    let floor = frames.address(depth)
    frame: while true {
      let codes = frames.top.pointee.codes
      let constants = frames.top.pointee.constants
      let registers = stack.base + frames.top.pointee.base
      var pc = frames.top.pointee.resume
      while true {
        let code = codes[pc]
        switch code.op {
        case .constant: if registers.copy(constants + Int(code.b), code.a) { pc &+= 1; continue }
        case .move: if registers.copy(registers + Int(code.b), code.a) { pc &+= 1; continue }
        case .add: if registers.combine(code, registers, +) { pc &+= Int(code.skip); continue }
        case .subtract: if registers.combine(code, registers, -) { pc &+= Int(code.skip); continue }
        case .multiply: if registers.combine(code, registers, *) { pc &+= Int(code.skip); continue }
        case .divide: if registers.combine(code, registers, /) { pc &+= Int(code.skip); continue }
        case .remainder: if registers.remainder(code, registers) { pc &+= Int(code.skip); continue }
        case .addConstant: if registers.combine(code, constants, +) { pc &+= Int(code.skip); continue }
        case .subtractConstant: if registers.combine(code, constants, -) { pc &+= Int(code.skip); continue }
        case .multiplyConstant: if registers.combine(code, constants, *) { pc &+= Int(code.skip); continue }
        case .divideConstant: if registers.combine(code, constants, /) { pc &+= Int(code.skip); continue }
        case .remainderConstant: if registers.remainder(code, constants) { pc &+= Int(code.skip); continue }
        case .less: if registers.compare(code, <) { pc &+= 1; continue }
        case .lessEqual: if registers.compare(code, <=) { pc &+= 1; continue }
        case .greater: if registers.compare(code, >) { pc &+= 1; continue }
        case .greaterEqual: if registers.compare(code, >=) { pc &+= 1; continue }
        case .equal: if registers.compare(code, ==) { pc &+= 1; continue }
        case .notEqual: if registers.compare(code, !=) { pc &+= 1; continue }
        case .lessBranch: if registers.branch(code, registers, &pc, <) { continue }
        case .lessEqualBranch: if registers.branch(code, registers, &pc, <=) { continue }
        case .greaterBranch: if registers.branch(code, registers, &pc, >) { continue }
        case .greaterEqualBranch: if registers.branch(code, registers, &pc, >=) { continue }
        case .equalBranch: if registers.branch(code, registers, &pc, ==) { continue }
        case .notEqualBranch: if registers.branch(code, registers, &pc, !=) { continue }
        case .lessConstantBranch: if registers.branch(code, constants, &pc, <) { continue }
        case .lessEqualConstantBranch: if registers.branch(code, constants, &pc, <=) { continue }
        case .greaterConstantBranch: if registers.branch(code, constants, &pc, >) { continue }
        case .greaterEqualConstantBranch: if registers.branch(code, constants, &pc, >=) { continue }
        case .equalConstantBranch: if registers.branch(code, constants, &pc, ==) { continue }
        case .notEqualConstantBranch: if registers.branch(code, constants, &pc, !=) { continue }
        case .negate: if registers.negate(code) { pc &+= Int(code.skip); continue }
        case .not: if registers.invert(code) { pc &+= 1; continue }
        case .jump: pc = Int(code.c); continue
        case .jumpIfFalse: if registers.jump(code, if: false, &pc) { continue }
        case .jumpIfTrue: if registers.jump(code, if: true, &pc) { continue }
        case .loop:
          try tick(at: frames.top.pointee.function.function.spans[pc])
          pc = Int(code.c)
          continue
        case .loopNext:
          try tick(at: frames.top.pointee.function.function.spans[pc])
          pc = Int(code.c)
          _ = registers.advance(codes[pc], &pc)
          continue
        case .next: if registers.advance(code, &pc) { continue }
        case .iterateRange: if registers.iterateRange(code) { pc &+= Int(code.skip); continue }
        case .nothing: pc &+= 1; continue
        case .loadGlobal: if load(code, registers) { pc &+= 1; continue }
        case .takeGlobal: if takeGlobal(code, registers) { pc &+= 1; continue }
        case .storeGlobal: pc &+= storeGlobal(code, registers) ? Int(code.skip) : 1; continue
        case .element: if registers.element(code) { pc &+= 1; continue }
        case .elementBefore: if registers.elementBefore(code, constants) { pc &+= Int(code.skip); continue }
        case .setElement: if registers.setElement(code) { pc &+= Int(code.skip); continue }
        case .addInto: if registers.combine(code, registers, into: codes, &pc, +) { continue }
        case .subtractInto: if registers.combine(code, registers, into: codes, &pc, -) { continue }
        case .multiplyInto: if registers.combine(code, registers, into: codes, &pc, *) { continue }
        case .addConstantInto: if registers.combine(code, constants, into: codes, &pc, +) { continue }
        case .subtractConstantInto: if registers.combine(code, constants, into: codes, &pc, -) { continue }
        case .multiplyConstantInto: if registers.combine(code, constants, into: codes, &pc, *) { continue }
        case .append: if registers.append(code) { pc &+= Int(code.skip); continue }
        case .call:
          if try entersPlainly(registers + Int(code.b), code, pc) { continue frame }
          if try applies(registers + Int(code.b), code, pc) { pc &+= 1; continue }
        case .callGlobal:
          if try entersPlainly(globals.values + Int(code.b), code, pc) { continue frame }
          if try applies(globals.address(Int(code.b)), code, pc) { pc &+= 2; continue }
        case .inlined:
          if !frames.isFull, registers.holdsFunction(code, constants) {
            try tick(at: frames.top.pointee.function.function.spans[pc])
            pc &+= 1
            continue
          }
        case .loadCallee: if leavesFunction(code, registers) { pc &+= 1; continue }
        case .callLoaded:
          if try entersPlainly(globals.values + Int(code.b), code, pc) { continue frame }
          if try applies(globals.address(Int(code.b)), code, pc) { pc &+= 1; continue }
          try loadCallee(pc)
        case .returnValue:
          if let value = leave(code.a, until: floor) { return value }
          continue frame
        case .slow: break
        }
        try slowly(pc)
        continue frame
      }
    }
  }

  /// One instruction in full. What the frame on top goes on with is noted in it.
  @inline(never)
  private func slowly(_ pc: Int) throws(Diagnostic) {
    if combinesTensors(pc) { return returnFuel() }
    let running = frames.count - 1
    frames[running].resume = pc + 1
    var jump = pc + 1
    try slow(frames[running], pc, jump: &jump)
    frames[running].resume = jump
    // It may have taken long: the next back-edge looks whether the run is to stop.
    returnFuel()
  }

  /// Arithmetic on small tensors, the commonest of what is left: without the instruction in full, whose
  /// copies cost as much as the work.
  @inline(__always)
  private func combinesTensors(_ pc: Int) -> Bool {
    let frame = frames.top
    let code = frame.pointee.codes[pc]
    guard let (op, isConstant) = code.op.arithmetic, code.count < .max else { return false }
    let registers = stack.base + frame.pointee.base
    let right = isConstant ? frame.pointee.constants + Int(code.c) : UnsafePointer(registers + Int(code.c))
    guard let value = tensors.quick(op, registers + Int(code.b), right) else { return false }
    registers[Int(code.a)] = value
    frames.top.pointee.resume = pc + 1 + Int(code.count)
    return true
  }

  // MARK: Calls

  /// Starts a script function that is called with positions only; false when that is not the case.
  @inline(never)
  private func entersPlainly(
    _ callee: UnsafeMutablePointer<Value>, _ code: Code, _ pc: Int
  ) throws(Diagnostic) -> Bool {
    guard case .function = callee.pointee, !frames.isFull,
      let entry = callee.box(Closure.self)._withUnsafeGuaranteedRef({ $0.entry })
    else { return false }
    let function = Unmanaged<DecodedFunction>.fromOpaque(entry)
    guard function._withUnsafeGuaranteedRef({ $0.parameterCount }) == Int(code.count) else { return false }
    try enter(function, code, pc)
    return true
  }

  @inline(__always)
  private func enter(_ function: Unmanaged<DecodedFunction>, _ code: Code, _ pc: Int) throws(Diagnostic) {
    let caller = (code: frames.top.pointee.code, base: frames.top.pointee.base)
    // A call joined with the load of its function stands behind that.
    let index = code.op == .callGlobal ? pc + 1 : pc
    let span = caller.code._withUnsafeGuaranteedRef { $0.spans[index] }
    try tick(at: span)
    frames.top.pointee.resume = index + 1
    try push(function, destination: code.a, at: span)
    let parameters = stack.base + frames.top.pointee.base
    let given = stack.base + caller.base
    let registers = caller.code._withUnsafeGuaranteedRef { $0.arguments } + Int(code.c)
    for index in 0..<Int(code.count) {
      _ = parameters.copy(given + Int(registers[index]), Int32(truncatingIfNeeded: index))
    }
  }

  /// A builtin on one tensor, such as `relu(x)`; false when it is not for the short way.
  @inline(never)
  private func applies(_ callee: UnsafePointer<Value>, _ code: Code, _ pc: Int) throws(Diagnostic) -> Bool {
    guard code.count == 1, case .builtin(let builtin) = callee.pointee else { return false }
    let frame = frames.top.pointee
    let given = stack.base + frame.base
    let register = frame.code._withUnsafeGuaranteedRef { $0.arguments }[Int(code.c)]
    guard let result = builtin.applied(to: given + Int(register), session) else { return false }
    try tick(at: frame.function.function.spans[code.op == .callGlobal ? pc + 1 : pc])
    given[Int(code.a)] = result
    return true
  }

  /// Leaves the innermost function: its value goes to the caller's register, or is given where the
  /// caller is not of this loop.
  @inline(__always)
  private func leave(_ register: Int32, until floor: UnsafeMutablePointer<Frame>) -> Value? {
    let source = stack.base + frames.top.pointee.base + Int(register)
    let destination = frames.top.pointee.destination
    if case .number(let x) = source.pointee {
      popFrame()
      if frames.top < floor { return .number(x) }
      (stack.base + frames.top.pointee.base).put(.number(x), destination)
      return nil
    }
    let value = source.pointee
    popFrame()
    if frames.top < floor { return value }
    stack.base[frames.top.pointee.base + Int(destination)] = value
    return nil
  }

  // MARK: Variables

  @inline(__always)
  private func load(_ code: Code, _ registers: UnsafeMutablePointer<Value>) -> Bool {
    registers.load(globals.values + Int(code.b), code.a) || registers.load(globals.fallbacks + Int(code.b), code.a)
  }

  /// Whether it was a number, so that nothing that follows need let go of it.
  @inline(__always)
  private func storeGlobal(_ code: Code, _ registers: UnsafeMutablePointer<Value>) -> Bool {
    taken = nil
    if !globals.storeAgain(Int(code.b), registers + Int(code.a)) {
      globals.store(Int(code.b), registers[Int(code.a)])
    }
    if case .number = registers[Int(code.a)] { return true }
    return false
  }

  /// The load of a variable that is called behind it: a function stays where it is.
  @inline(__always)
  private func leavesFunction(_ code: Code, _ registers: UnsafeMutablePointer<Value>) -> Bool {
    if case .function = globals.values[Int(code.b)] { return true }
    return load(code, registers)
  }

  /// Does the load that was left to a call, before the slow way does the call.
  @inline(never)
  private func loadCallee(_ pc: Int) throws(Diagnostic) {
    let frame = frames.top.pointee
    let instructions = frame.function.function.instructions
    guard case .call(_, let f, _) = instructions[pc],
      let index = instructions[..<pc].lastIndex(where: { $0.loads(f) })
    else { return }
    frames.top.pointee.resume = index + 1
    var jump = index + 1
    try slow(frame, index, jump: &jump)
  }

  /// Moves a list out of its variable, to be changed in place.
  @inline(__always)
  private func takeGlobal(_ code: Code, _ registers: UnsafeMutablePointer<Value>) -> Bool {
    guard globals.takeAgain(Int(code.b), into: registers + Int(code.a)) else { return false }
    taken = (Int(code.b), frames.top.pointee.base + Int(code.a))
    return true
  }
}

extension Opcode {
  /// The operator, and whether its right operand is a constant.
  fileprivate var arithmetic: (ProgramOperator, isConstant: Bool)? {
    switch self {
    case .add: (.add, false)
    case .subtract: (.subtract, false)
    case .multiply: (.multiply, false)
    case .divide: (.divide, false)
    case .addConstant: (.add, true)
    case .subtractConstant: (.subtract, true)
    case .multiplyConstant: (.multiply, true)
    case .divideConstant: (.divide, true)
    default: nil
    }
  }
}

extension Instruction {
  fileprivate func loads(_ register: Register) -> Bool {
    if case .loadGlobal(register, _) = self { return true }
    return false
  }
}
