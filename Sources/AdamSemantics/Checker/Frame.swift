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
    for index in function.instructions.indices {
      position = index
      flow.arrive(at: index)
      if !isMain {
        engine.stepsLeft -= 1
        if engine.stepsLeft < 0 {
          result = .unknown
          return
        }
      }
      step(function.instructions[index])
    }
    flow.arrive(at: function.instructions.count)
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

  /// Before a loop's test: what the body assigns is not known any more.
  func enterLoop(end: Int32) {
    let before = flow.state
    let next = position + 1
    if next < function.instructions.count,
      case .next(_, let iterator, let done) = function.instructions[next]
    {
      forLoops[position] = ForLoop(done: Int(done))
      if !value(iterator).isNonEmpty { flow.save(before, for: Int(done)) }
    }
    let last = min(Int(end), function.instructions.count)
    guard next < last else { return }
    var assigned: Set<Int> = []
    for instruction in function.instructions[next..<last] {
      for register in instruction.writtenRegisters { assigned.insert(Int(register.index)) }
      if case .storeGlobal(let name, _) = instruction {
        assigned.insert(flow.registerCount + global(name))
      }
      for number in importedGlobals(instruction) { assigned.insert(flow.registerCount + number) }
    }
    for variable in assigned.sorted() {
      let slot = flow[variable]
      flow.write(variable, .unknown, mayBeUnset: slot.isUnset || slot.mayBeUnset)
    }
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
