// One function being looked at: runs its instructions once, in order, along all paths.
import AdamIR
import AdamLibrary
import AdamSource

final class Frame {
  unowned let engine: CheckEngine
  let program: Program
  let function: ProgramFunction
  /// The call that leads here; nil for `@main` and functions that nothing calls.
  let callSpan: Span?
  var isUncalled = false
  var flow: Flow
  var result: AbstractValue?
  /// Globals read, with the stamps they had.
  var reads: [Int: UInt32] = [:]
  /// Instruction that wrote each register last, for places and names in messages.
  private var writers: [Int32]
  /// Global numbers of the program's names.
  private var globalNumbers: [Int32: Int] = [:]
  var position = 0
  private var forLoops: [Int: ForLoop] = [:]
  var hasWarnedUnreachable = false
  var isHookRun = false
  /// Where lists are made of elements that are known one by one.
  var exactAppends: Set<Int> = []

  /// A `for` whose header has been seen: its exit follows the sequence's end.
  private struct ForLoop {
    var done: Int
  }

  init(engine: CheckEngine, program: Program, function index: Int, callSpan: Span?) {
    self.engine = engine
    self.program = program
    let function =
      program.functions.indices.contains(index)
      ? program.functions[index]
      : ProgramFunction(name: "", span: Span(SourceID(0), 0, 0))
    self.function = function
    self.callSpan = callSpan
    let count = Int(function.registerCount)
    self.flow = Flow(registerCount: count, globals: engine.globals, keepsTrail: function.isHook)
    self.writers = Array(repeating: -1, count: max(count, 0))
  }

  var place: Span { function.span }

  func receive(_ arguments: [AbstractValue], _ closure: AbstractFunction) {
    for (i, value) in arguments.enumerated() { write(Register(Int32(clamping: i)), value) }
    for capture in closure.captures { write(capture.register, capture.value) }
    if let own = function.selfRegister { write(own, .function(closure)) }
  }

  func run() {
    let isMain = callSpan == nil && !isUncalled
    let isDone = follow(0..<function.instructions.count) {
      if !isMain { engine.stepsLeft -= 1 }
      return engine.stepsLeft >= 0
    }
    if isDone { flow.arrive(at: function.instructions.count) } else { result = .unknown }
  }

  /// Does these instructions in order as long as it may. A loop whose turns are done one by one goes on
  /// behind its end.
  func follow(_ range: Range<Int>, while goesOn: () -> Bool = { true }) -> Bool {
    var next = range.lowerBound
    while next < range.upperBound {
      position = next
      flow.arrive(at: next)
      guard goesOn() else { return false }
      step(function.instructions[next])
      next = position + 1
    }
    return true
  }

  // MARK: Registers and names

  var span: Span {
    function.spans.indices.contains(position) ? function.spans[position] : function.span
  }

  func name(_ index: Int32) -> String {
    program.names.indices.contains(Int(index)) ? program.names[Int(index)] : ""
  }

  func slot(_ register: Register) -> Slot {
    let index = Int(register.index)
    return writers.indices.contains(index) ? flow[index] : .unset
  }

  /// The value; unknown when the register is not set, which has been reported.
  func value(_ register: Register) -> AbstractValue {
    let slot = slot(register)
    return slot.isUnset ? .unknown : slot.value
  }

  func write(_ register: Register, _ value: AbstractValue) {
    write(register, Slot(value: value))
  }

  func write(_ register: Register, _ slot: Slot) {
    let index = Int(register.index)
    guard writers.indices.contains(index) else { return }
    flow.write(index, slot)
    writers[index] = Int32(clamping: position)
  }

  func global(_ name: Int32) -> Int {
    if let number = globalNumbers[name] { return number }
    let number = engine.globals.number(of: self.name(name), in: program.module)
    globalNumbers[name] = number
    return number
  }

  func readGlobal(_ name: Int32) -> Slot {
    let number = global(name)
    let slot = engine.globals.slots[number]
    if reads[number] == nil { reads[number] = slot.stamp }
    return slot
  }

  func writeGlobal(_ number: Int, _ slot: Slot) { flow.write(flow.registerCount + number, slot) }

  /// The operand in a register with its place inside the current expression and its name.
  func operand(_ register: Register) -> AbstractOperand {
    let whole = span
    let index = Int(register.index)
    var operand = AbstractOperand(value(register))
    if index < function.parameters.count { operand.name = function.parameters[index].name }
    guard writers.indices.contains(index), writers[index] >= 0 else { return operand }
    let writer = Int(writers[index])
    let place = function.spans[writer]
    guard place.source == whole.source, whole.start <= place.start, place.end <= whole.end,
      place != whole
    else { return operand }
    operand.span = place
    switch function.instructions[writer] {
    case .loadGlobal(_, let name): operand.name = self.name(name)
    default: break
    }
    return operand
  }

  // MARK: Control

  func jump(to label: Int32) {
    if Int(label) > position { flow.save(flow.state, for: Int(label)) }
    flow.isDead = true
  }

  func branch(on register: Register, ifTrue: Bool, to label: Int32) {
    var known: Bool?
    do throws(Diagnostic) {
      known = try value(register).condition(at: span)
    } catch {
      engine.report(error)
    }
    if known == nil { engine.noteOpenBranch() }
    var taken = flow.state
    if let known {
      if known == ifTrue {
        flow.isDead = true
      } else {
        taken.isDead = true
      }
    }
    flow.save(taken, for: Int(label))
  }

  /// Before a loop's test: of what the body assigns holds what all its turns leave.
  func enterLoop(end: Int32) {
    let before = flow.state
    let next = position + 1
    if next < function.instructions.count,
      case .next(_, let iterator, let done) = function.instructions[next]
    {
      forLoops[position] = ForLoop(done: Int(done))
      if !value(iterator).isNonEmpty {
        flow.save(before, for: Int(done))
        engine.noteOpenBranch()
      }
    }
    let last = min(Int(end), function.instructions.count)
    guard next < last else { return }
    if case .next(let d, let iterator, let done) = function.instructions[next],
      unroll(iterator, into: d, next..<last, done: done)
    {
      return
    }
    var assigned: Set<Int> = []
    for instruction in function.instructions[next..<last] {
      for register in instruction.writtenRegisters { assigned.insert(Int(register.index)) }
      if case .storeGlobal(let name, _) = instruction {
        assigned.insert(flow.registerCount + global(name))
      }
      for number in importedGlobals(instruction) { assigned.insert(flow.registerCount + number) }
    }
    exactAppends.subtract(next..<last)
    let settled = settled(assigned, in: next..<last)
    for variable in assigned.sorted() {
      let slot = settled?[variable] ?? flow[variable]
      let value = settled == nil || slot.isUnset ? .unknown : slot.value
      flow.write(variable, value, mayBeUnset: slot.isUnset || slot.mayBeUnset)
    }
  }

  /// Looks ahead: whatever `body` changes is as before behind it.
  func looking<Result>(_ body: () -> Result) -> (Result, mistakes: [Diagnostic]) {
    let before = (flow, writers, position, forLoops, reads, result, hasWarnedUnreachable)
    defer { (flow, writers, position, forLoops, reads, result, hasWarnedUnreachable) = before }
    return engine.looking(cost: writers.count, body)
  }

  func closeLoop(header: Int32) {
    if let loop = forLoops[Int(header)], !flow.isDead { flow.save(flow.state, for: loop.done) }
    flow.isDead = true
  }

  func returnValue(_ register: Register) {
    if !flow.isDead {
      let value = value(register)
      result = result.map { $0.join(value) } ?? value
    }
    flow.save(flow.state, for: function.instructions.count)
    flow.isDead = true
  }
}
