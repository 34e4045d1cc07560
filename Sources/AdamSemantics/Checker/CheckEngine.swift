// One check: what all frames share. Diagnostics, top-level variables, functions already looked at,
// and the way to look at a function once for each tuple of what is known of its arguments.
import AdamData
import AdamIR
import AdamLibrary
import AdamSource

final class CheckEngine: CheckContext {
  let session: SessionState
  let isInteractive: Bool
  let globals = GlobalTable()
  var trainings: [AbstractTraining] = []
  /// The `eval` and `predict` calls met.
  var evaluations: [AbstractTraining] = []
  var diagnostics: [Diagnostic] = []
  var reported: Set<ReportKey> = []
  /// Where a name that is not there was reported.
  var unknownNames: [Int: (index: Int, uses: Int)] = [:]
  var suggestionsLeft = 100
  /// Place of the first assignment of each top-level variable, in any function.
  var assignedNames: [Int: Span] = [:]
  /// The module that an imported variable came from.
  var importOrigins: [Int: Int32] = [:]
  /// The frames being looked at, innermost last.
  var frames: [Frame] = []
  var results: [Span: [KnownResult]] = [:]
  var closures: [AbstractFunction] = []
  /// Places of values that the verb being looked at takes from its scope.
  var takenPlaces: Set<Span> = []
  /// What the function being followed is traced into; nil outside.
  private(set) var tracer: ModelTracer?
  /// Functions being followed inside of each other's layers and losses.
  var traceDepth = 0
  /// Derivatives being taken, one inside of another.
  var gradientDepth = 0
  /// Branches of traced functions met so far of which it was not known whether they are taken.
  var openBranches = 0
  /// Number of messages when the turn being looked at met its first such branch.
  var certainCount: Int?
  /// Instructions that may still be looked at in functions.
  var stepsLeft = 200_000
  /// What is found is not kept.
  var isLooking = false
  /// Instructions of turns that may still be done one by one; the second number for looking ahead.
  var turnsLeft = (60_000, 15_000)
  /// The same for looking ahead, which is done again in earnest.
  var stepsAhead = 200_000

  struct ReportKey: Hashable {
    var code: DiagnosticCode
    var span: Span?
  }

  /// The result of a function for these arguments, as long as the globals it read stay.
  struct KnownResult {
    var inputs: [AbstractValue]
    var reads: [Int: UInt32]
    var result: AbstractValue
  }

  private enum Bound {
    static let diagnostics = 10_000
    static let callDepth = 48
    /// Tuples of arguments looked at per function; more are taken together.
    static let tuples = 16
    /// Steps that a trace counts as.
    static let traceCost = 200
  }

  init(session: SessionState, globals known: [Int32: [(name: String, value: AbstractValue)]], isInteractive: Bool) {
    self.session = session
    self.isInteractive = isInteractive
    for (module, variables) in known.sorted(by: { $0.key < $1.key }) {
      for (name, value) in variables {
        let number = globals.number(of: name, in: module)
        globals.slots[number] = Slot(value: value, stamp: globals.nextStamp())
      }
    }
  }

  /// The module of the code being looked at.
  var module: Int32 { frames.last?.program.module ?? 0 }

  // MARK: Reporting

  private var isDead: Bool { frames.last?.flow.isDead ?? false }

  /// In code that is certainly never run only names and options are worth a word.
  func report(_ diagnostic: Diagnostic) {
    if diagnostic.code == .shapeUnknown { return }
    if isDead && diagnostic.code != .unknownOption && diagnostic.code != .notYet { return }
    add(diagnostic)
  }

  func add(_ diagnostic: Diagnostic) {
    // In the first turn of a loop there certainly was no value.
    let unset = ReportKey(code: .unknownName, span: diagnostic.span)
    if diagnostic.code == .maybeUnset, reported.contains(unset) { return }
    guard diagnostics.count < Bound.diagnostics,
      reported.insert(ReportKey(code: diagnostic.code, span: diagnostic.span)).inserted
    else { return }
    var diagnostic = diagnostic
    if let span = diagnostic.span, takenPlaces.contains(span), diagnostic.severity == .error, let frame = frames.last {
      diagnostic.labels.append(Label(frame.span, "used here"))
    }
    if let frame = frames.last, !frame.isHookRun, let call = frame.callSpan, diagnostic.severity == .error,
      diagnostic.code != .unknownName, call.source == diagnostic.span?.source,
      diagnostic.labels.count < 3
    {
      diagnostic.labels.append(Label(call, "in this call"))
    }
    diagnostics.append(diagnostic)
  }

  /// Whether it has been said that a name is not defined.
  func isUnknownName(_ name: String) -> Bool { unknownNames[globals.number(of: name, in: module)] != nil }

  /// A name that nothing binds: one error, however often it is used.
  func reportUnknownName(_ name: String, at span: Span) {
    let number = globals.number(of: name, in: module)
    if let (index, uses) = unknownNames[number] {
      guard reported.insert(ReportKey(code: .unknownName, span: span)).inserted else { return }
      unknownNames[number]?.uses += 1
      if uses < 4, diagnostics.indices.contains(index) {
        diagnostics[index].labels.append(Label(span, "also used here"))
      }
      return
    }
    guard diagnostics.count < Bound.diagnostics else { return }
    let assigned = assignedNames[number]
    unknownNames[number] = (diagnostics.count, 1)
    let meant = assigned == nil ? suggestion(for: name) : nil
    add(.unknownName(name, at: span, meant: meant, assigned: assigned))
  }

  /// The nearest name in scope. Limited, because each costs a walk over all names.
  func suggestion(for name: String) -> String? {
    suggestion(for: name, among: session.environment.names + session.environment.constants.keys)
  }

  /// The nearest name that may be called with this value first.
  func suggestion(for name: String, on value: AbstractValue) -> String? {
    let methods = session.environment.builtins.values.filter { builtin in
      builtin.family.contains { $0.signature.parameters.first.map { value.fit($0.kind) != .no } ?? false }
    }
    return suggestion(for: name, among: methods.map(\.name))
  }

  private func suggestion(for name: String, among names: [String]) -> String? {
    guard suggestionsLeft > 0 else { return nil }
    suggestionsLeft -= 1
    return nearest(name, in: variables.map(\.name) + names)
  }

  /// Where a top-level variable was assigned last on this path.
  func assignment(of name: String) -> Span? { globals.slots[globals.number(of: name, in: module)].place }

  /// A variable that was reported to be wrong: what follows from it says nothing new.
  func forget(_ name: String) {
    let number = globals.number(of: name, in: module)
    guard !isDead, !globals.slots[number].isUnset else { return }
    frames.last?.writeGlobal(number, Slot(value: .unknown, place: globals.slots[number].place))
  }

  /// What is known of the data sets is wrong after a mistake in a recipe.
  func forgetData() {
    for (name, value) in variables where value.asData != nil { forget(name) }
  }

  func note(_ training: AbstractTraining) { if !isDead { trainings.append(training) } }

  /// Sizes of a layer that are left open: what nothing can tell is said, the rest is waited for.
  func noteOpenSizes(_ settings: BoundArguments<AbstractValue>, of layer: String) {
    let isCertain = !isDead && !frames.contains { $0.isUncalled }
    for mistake in session.openSizes.note(settings, of: layer, isCertain: isCertain) { report(mistake) }
  }

  /// Sizes that were waited for in vain. Another mistake may be why.
  func reportOpenSizes() {
    let unsolved = session.openSizes.takeUnsolved()
    if !diagnostics.contains(where: { $0.severity == .error }) { unsolved.forEach(add) }
  }

  // MARK: Functions

  /// A function value was made; if nobody calls it, it is looked at in the end.
  func note(_ function: AbstractFunction) {
    guard let place = function.place, results[place] == nil else { return }
    results[place] = []
    closures.append(function)
  }

  /// Looks at functions that nothing called, with unknown arguments.
  func checkUncalled() {
    var next = 0
    while next < closures.count {
      let function = closures[next]
      next += 1
      guard let place = function.place, results[place]?.isEmpty != false,
        function.program.functions.indices.contains(function.function),
        !function.program.functions[function.function].isHook
      else { continue }
      let count = function.program.functions[function.function].parameters.count
      _ = run(function, Array(repeating: .unknown, count: count), at: nil)
    }
  }

  /// What a function of the script gives for these arguments, one for each parameter.
  func result(
    of function: AbstractFunction, _ arguments: [AbstractValue], at span: Span
  ) -> AbstractValue {
    guard let place = function.place, !isDead, frames.count < Bound.callDepth,
      !frames.contains(where: { $0.place == place })
    else { return .unknown }
    var inputs = arguments + function.captures.map(\.value)
    let known = results[place] ?? []
    if known.count >= Bound.tuples {
      inputs = inputs.map(\.withoutContents)
      if known.count >= 2 * Bound.tuples { return .unknown }
    }
    for entry in known where entry.inputs.count == inputs.count {
      guard zip(entry.inputs, inputs).allSatisfy({ $0.isSame(as: $1) }),
        entry.reads.allSatisfy({ globals.slots[$0.key].stamp == $0.value })
      else { continue }
      frames.last?.reads.merge(entry.reads) { old, _ in old }
      return entry.result
    }
    guard stepsLeft > 0 else { return .unknown }
    return run(function, Array(inputs.prefix(arguments.count)), at: span)
  }

  /// Whether looking at a function with unknown arguments finds a mistake in it.
  func hasMistakes(_ function: AbstractFunction) -> Bool {
    guard let place = function.place, stepsLeft > 0, frames.count < Bound.callDepth,
      !frames.contains(where: { $0.place == place })
    else { return false }
    if results[place]?.isEmpty != false {
      let count = function.program.functions[function.function].parameters.count
      _ = run(function, Array(repeating: .unknown, count: count), at: nil)
    }
    return diagnostics.contains { diagnostic in
      guard diagnostic.severity == .error, let span = diagnostic.span else { return false }
      return span.source == place.source && span.start >= place.start && span.end <= place.end
    }
  }

  // MARK: Traces

  /// Follows functions as part of a trace; a derivative inside of another becomes part of that.
  func tracing<Result, Failure: Error>(
    into tracer: ModelTracer, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isLooking { stepsAhead -= Bound.traceCost }
    let outer = (self.tracer, session.tracer)
    (self.tracer, session.tracer) = (tracer, tracer)
    defer {
      (self.tracer, session.tracer) = outer
      if self.tracer == nil { forgetTraces() }
    }
    return try body()
  }

  /// What is traced into now, when one of the values takes part in it.
  func tracer(of values: [AbstractValue]) -> ModelTracer? {
    tracer.flatMap { tracer in values.contains { $0.takesPart(in: tracer) } ? tracer : nil }
  }

  /// The trace that a derivative becomes part of.
  var tracerOfDerivative: ModelTracer {
    tracer ?? ModelTracer(name: "gradient", isTraining: false, caller: self)
  }

  /// What is known without the trace, or what running would append to it: mistakes in it are certain where
  /// rows do not line up or the loss would stretch.
  func following(
    _ values: [AbstractValue], known result: AbstractValue, at span: Span,
    _ body: ([Value]) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> AbstractValue {
    guard let tracer = tracer(of: values) else { return result }
    let operands = values.compactMap { tracer.value(of: $0, isTrace: true, at: span) }
    guard operands.count == values.count else { return result }
    tracer.hasRefused = false
    do throws(Diagnostic) { return .typed(try body(operands), keepsTrace: true) } catch {
      if tracer.hasRefused { throw error }
      return result
    }
  }

  /// What running would append to the trace, with all its mistakes.
  func following(
    _ values: [AbstractValue], at span: Span, _ body: ([Value]) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> AbstractValue {
    guard let tracer = tracer(of: values) else { return .unknown }
    let operands = values.compactMap { tracer.value(of: $0, isTrace: true, at: span) }
    return operands.count == values.count ? .typed(try body(operands), keepsTrace: true) : .unknown
  }

  /// Of functions that were followed in traces that are over only the types are of use.
  private func forgetTraces() {
    for (place, entries) in results where entries.contains(where: { $0.inputs.contains(where: \.isTraced) }) {
      results[place] = entries.map { entry in
        KnownResult(
          inputs: entry.inputs.map(\.withoutTrace), reads: entry.reads, result: entry.result.withoutTrace)
      }
    }
  }

  private func run(
    _ function: AbstractFunction, _ arguments: [AbstractValue], at span: Span?
  ) -> AbstractValue {
    let frame = Frame(
      engine: self, program: function.program, function: function.function, callSpan: span)
    frame.isUncalled = span == nil
    frame.receive(arguments, function)
    frames.append(frame)
    frame.run()
    frames.removeLast()
    let result = frame.result ?? .known(.none)
    frames.last?.reads.merge(frame.reads) { old, _ in old }
    if let place = function.place {
      let inputs = arguments + function.captures.map(\.value)
      // What was read at other values of the globals is of no use any more.
      results[place, default: []].removeAll { entry in
        entry.inputs.count == inputs.count
          && zip(entry.inputs, inputs).allSatisfy { $0.isSame(as: $1) }
      }
      results[place, default: []].append(
        KnownResult(inputs: inputs, reads: frame.reads, result: result))
    }
    return result
  }

  var variables: [(name: String, value: AbstractValue)] { globals.variables(of: module) }

  /// For `check` closures of builtins that take functions.
  func call(
    _ callee: AbstractValue, _ arguments: [AbstractValue], at span: Span
  ) -> AbstractValue {
    let given = arguments.map { GivenArgument(value: $0, span: span) }
    return Call(engine: self, span: span).apply(callee, given, name: nil)
  }
}

extension AbstractValue {
  /// The kind without the exact contents, so that many tuples of arguments become one.
  var withoutContents: AbstractValue {
    switch kindOfValue {
    case .number: .number
    case .bool: .bool
    case .string: .string
    case .tensor(let type): .tensor(type)
    case .list: .listOf(.unknown)
    case .function, .layer, .optimizer, .data, .hook, .none: self
    case .tuple, .record, .range, .unknown: .unknown
    }
  }
}
