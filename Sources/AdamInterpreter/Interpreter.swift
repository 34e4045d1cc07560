// The virtual machine: runs programs for one session. Script functions call each other without
// recursion here; only builtins that call back into the script nest.
import AdamData
import AdamIR
import AdamLibrary
import AdamSource

package final class Interpreter {
  package let session: SessionState
  /// Operations before a run is stopped; nil for no limit.
  package var operationBudget: Int?
  /// Texts for the messages of `assert`.
  package var sources = SourceMap()
  let globals: GlobalTable
  let stack = RegisterStack()
  let tensors: TensorArithmetic
  let frames = FrameStack(limit: Interpreter.depthLimit + 1)
  /// Code that runs: frames do not hold what they name.
  private var held: [(function: DecodedFunction, owner: DecodedProgram)] = []
  /// Back-edges and calls of the current run that were allowed so far, and those of them that are still
  /// to come before somebody looks whether the run is to stop.
  private var granted = 0
  private var fuel = 0
  private static let fuelUnit = 256
  /// The value of the last expression statement of the current run.
  package private(set) var result: Value = .unset
  /// A global moved into a register by `takeGlobal` until its store.
  var taken: (slot: Int, register: Int)?
  /// Training happened in this statement: what it changed stays.
  private var hasTrained = false
  private var generatorBefore: Generator
  private var hooksBefore: [Hook] = []
  private var modulesBefore: Set<Int32> = []
  /// Blocks that live as long as a call.
  var hooksOfCalls = 0

  /// A running function: where to go on and where its value goes.
  struct Frame {
    let code: Unmanaged<DecodedFunction>
    /// Of the function, once more: the loop starts with them at every call and return.
    let codes: UnsafePointer<Code>
    let constants: UnsafePointer<Value>
    var function: DecodedFunction { code.takeUnretainedValue() }
    var owner: DecodedProgram { function.owner }
    let base: Int
    /// Register of the caller, relative to its base; the value of a nested run is returned instead.
    let destination: Int32
    /// Index of the caller's instruction behind the call.
    var resume = 0
    let callSpan: Span
  }

  static let depthLimit = 200

  package init(session: SessionState) {
    self.session = session
    globals = GlobalTable(session: session)
    tensors = TensorArithmetic(session)
    generatorBefore = session.generator
    session.functionTracer = self
  }

  /// Runs `@main`. What an erroneous statement changed is taken back; the statements before stay.
  package func run(_ program: Program) throws(Diagnostic) {
    granted = 0
    fuel = 0
    result = .unset
    globals.refreshHere()
    beginStatement()
    let decoded = DecodedProgram(program, globals: globals)
    guard let main = decoded.functions.first else { return }
    do throws(Diagnostic) {
      try withExtendedLifetime(decoded) { () throws(Diagnostic) in
        try push(.passUnretained(main), destination: 0, at: main.function.span)
        _ = try loop(until: frames.count - 1)
      }
    } catch {
      unwind(to: 0)
      restoreStatement()
      throw error
    }
  }

  // MARK: Statements

  func beginStatement() {
    globals.beginStatement()
    generatorBefore = session.generator
    hooksBefore = session.hooks
    modulesBefore = session.modules.hasRun
    hasTrained = false
  }

  private func restoreStatement() {
    if hasTrained { return }
    globals.restore()
    session.modules.restore(modulesBefore)
    session.generator = generatorBefore
    session.hooks = hooksBefore
    hooksOfCalls = 0
    for hook in hooksBefore { hook.isActive = true }
  }

  func noteTraining() { hasTrained = true }
  func setResult(_ value: Value) { result = value }

  // MARK: Frames

  /// Starts a function; its arguments are written by the caller.
  @inline(__always)
  func push(
    _ function: Unmanaged<DecodedFunction>, destination: Int32, at span: Span
  ) throws(Diagnostic) {
    try checkDepth(at: span)
    guard let base = stack.push(function._withUnsafeGuaranteedRef { $0.registerCount }) else {
      throw Diagnostic(.outOfMemory, "too many variables", at: span)
    }
    if !function._withUnsafeGuaranteedRef({ $0.isHeld }) { hold(function.takeUnretainedValue()) }
    frames.append(
      Frame(
        code: function, codes: function._withUnsafeGuaranteedRef { UnsafePointer($0.codes) },
        constants: function._withUnsafeGuaranteedRef { $0.constants }, base: base,
        destination: destination, callSpan: span))
  }

  /// Keeps code alive until the run ends, whatever becomes of the variable that had it.
  private func hold(_ function: DecodedFunction) {
    function.isHeld = true
    held.append((function, function.owner))
  }

  func releaseHeld() {
    for entry in held { entry.function.isHeld = false }
    held.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  func checkDepth(at span: Span) throws(Diagnostic) {
    if frames.isFull { throw tooDeep(at: span) }
  }

  @inline(never)
  private func tooDeep(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .callDepth, "call depth \(Self.depthLimit) exceeded", at: span, label: "called inside \(Self.depthLimit) calls")
    diagnostic.helps = [Help("end the recursion sooner, or write it as a loop: `while … { … }`")]
    return diagnostic
  }

  /// Leaves the innermost function.
  @inline(__always)
  func popFrame() {
    if frames.isEmpty { return }
    let base = frames.top.pointee.base
    frames.removeTop()
    if hooksOfCalls > 0 { endHooks(ofCallAt: frames.count + 1) }
    stack.pop(to: base)
  }

  /// Leaves all functions above a depth after an error.
  func unwind(to depth: Int) {
    if let taken {
      globals.store(taken.slot, stack.base[taken.register])
      self.taken = nil
    }
    while frames.count > depth { popFrame() }
  }

  /// Names the calls that lead to an error, innermost first.
  func annotated(_ error: Diagnostic, from depth: Int) -> Diagnostic {
    guard error.severity == .error, error.labels.count < 3 else { return error }
    var error = error
    for span in callSpans(from: depth, of: error).prefix(2) {
      if span == error.span || error.labels.contains(where: { $0.span == span }) { continue }
      error.labels.append(Label(span, "called here"))
    }
    return error
  }

  /// Places of the calls that are running, innermost first; those of inlined bodies as well.
  private func callSpans(from depth: Int, of error: Diagnostic) -> [Span] {
    // No body of an inlined function counts operations, so where the loop stood is not known here.
    let isCounting = error.code == .budgetExhausted || error.code == .interrupted
    return frames.indices.dropFirst(depth).reversed().flatMap { index -> [Span] in
      let frame = frames[index]
      let inlined = isCounting ? nil : frame.function.function.inlinedCall(around: frame.resume - 1)
      // How a file came to run is said by its chain of imports.
      let isCalled = index >= 1 && frame.owner.functions.first !== frame.function
      return (inlined.map { [$0] } ?? []) + (isCalled ? [frame.callSpan] : [])
    }
  }

  // MARK: Limits

  /// Counts one back-edge or call. The budget is exact; whether the run is to stop is looked at every
  /// so often, and again behind everything that may have taken long.
  @inline(__always)
  func tick(at span: @autoclosure () -> Span) throws(Diagnostic) {
    if fuel > 0 { fuel &-= 1 } else { try refuel(at: span()) }
  }

  @inline(never)
  private func refuel(at span: Span) throws(Diagnostic) {
    var unit = Self.fuelUnit
    if let budget = operationBudget {
      if granted >= budget {
        throw Diagnostic(
          .budgetExhausted, "the budget of \(budget) operations is used up", at: span)
      }
      unit = min(unit, budget - granted)
    }
    if session.host.isCancelled() {
      throw Diagnostic(.interrupted, "interrupted", at: span)
    }
    granted += unit
    fuel = unit - 1
  }

  package var operationCount: Int { granted - fuel }

  package func count(operations: Int) -> Bool {
    guard let operationBudget else { return true }
    guard operationCount + operations <= operationBudget else { return false }
    returnFuel()
    granted += operations
    return true
  }

  /// The next count looks whether the run is to stop.
  func returnFuel() {
    granted -= fuel
    fuel = 0
  }

  // MARK: Variables

  package var variables: [(name: String, value: Value)] { globals.variables(of: 0) }

  /// The variables of the session and of the files that have run, by module.
  package var variablesByModule: [Int32: [(name: String, value: Value)]] {
    var result: [Int32: [(name: String, value: Value)]] = [0: variables]
    for module in session.modules.hasRun { result[module] = globals.variables(of: module) }
    return result
  }
  package func variable(_ name: String) -> Value? { globals.variable(name) }

  /// Binds a name from outside the script (`ans`).
  package func define(_ name: String, _ value: Value) {
    globals.store(globals.slot(name), value)
  }
}

extension Interpreter: ExecutionContext {
  package var variableChanges: Int { globals.changes }

  package func poll() throws(Diagnostic) {
    returnFuel()
    try tick(at: frames.last?.callSpan ?? Span(SourceID(0), 0, 0))
  }

  package func call(
    _ callee: Value, given: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    try call(callee, given, at: span)
  }

  package func call(
    _ callee: Value, _ arguments: [Value], at span: Span
  ) throws(Diagnostic) -> Value {
    try call(callee, arguments.map { GivenArgument(value: $0, span: span) }, at: span)
  }
}

extension ProgramFunction {
  /// Place of the call whose inlined body an instruction stands in.
  fileprivate func inlinedCall(around index: Int) -> Span? {
    guard instructions.indices.contains(index) else { return nil }
    for start in instructions[..<index].indices.reversed() {
      // Behind the body stand a jump and the call itself.
      if case .inlined(_, _, let call) = instructions[start] { return index < Int(call) ? spans[start] : nil }
    }
    return nil
  }
}
