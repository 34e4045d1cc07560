// Looking at what the script would do without keeping what is found: a loop's first turns, and a step of which
// another look may know more.
import AdamIR
import AdamLibrary
import AdamSource

extension CheckEngine {
  /// What looking ahead must not change.
  fileprivate struct Findings {
    var diagnostics: [Diagnostic], reported: Set<ReportKey>, unknownNames: [Int: (index: Int, uses: Int)]
    var trainings: [AbstractTraining], evaluations: [AbstractTraining]
    var assignedNames: [Int: Span], importOrigins: [Int: Int32]
    var results: [Span: [KnownResult]], closures: [AbstractFunction]
    var suggestionsLeft: Int, stepsLeft: Int
    var globals: [Slot], openSizes: OpenSizes
  }

  private var findings: Findings {
    get {
      Findings(
        diagnostics: diagnostics, reported: reported, unknownNames: unknownNames, trainings: trainings,
        evaluations: evaluations, assignedNames: assignedNames, importOrigins: importOrigins, results: results,
        closures: closures, suggestionsLeft: suggestionsLeft, stepsLeft: stepsLeft, globals: globals.slots,
        openSizes: session.openSizes)
    }
    set {
      (diagnostics, reported, unknownNames) = (newValue.diagnostics, newValue.reported, newValue.unknownNames)
      (trainings, evaluations) = (newValue.trainings, newValue.evaluations)
      (assignedNames, importOrigins) = (newValue.assignedNames, newValue.importOrigins)
      (results, closures) = (newValue.results, newValue.closures)
      (suggestionsLeft, stepsLeft) = (newValue.suggestionsLeft, newValue.stepsLeft)
      // Variables that were met meanwhile keep their numbers.
      let met = globals.slots.count - newValue.globals.count
      globals.slots = newValue.globals + Array(repeating: .unset, count: max(0, met))
      session.openSizes = newValue.openSizes
    }
  }

  /// What is traced cannot be taken back.
  var canLook: Bool { stepsAhead > 0 && tracer == nil }

  func takesStep() -> Bool {
    stepsAhead -= 1
    return stepsAhead > 0
  }

  /// Whether so many instructions may be done for turns one by one.
  func mayUnroll(_ count: Int) -> Bool {
    let left = isLooking ? turnsLeft.1 : turnsLeft.0
    guard left >= count else { return false }
    if isLooking { turnsLeft.1 -= count } else { turnsLeft.0 -= count }
    return true
  }

  func noteOpenBranch() {
    if isTracing { openBranches += 1 }
    if certainCount == nil { certainCount = diagnostics.count }
  }

  /// Nothing that `body` finds is kept; its errors are given that it meets for certain.
  /// - Parameter cost: of what is set back, beside the variables.
  func looking<Result>(cost: Int, _ body: () -> Result) -> (Result, mistakes: [Diagnostic]) {
    let (before, outer) = (findings, (isLooking, certainCount))
    (isLooking, certainCount) = (true, nil)
    defer {
      (isLooking, certainCount) = outer
      stepsAhead -= before.stepsLeft - stepsLeft + (cost + globals.slots.count) / 16
      findings = before
    }
    let result = body()
    let found = diagnostics.prefix(certainCount ?? .max).dropFirst(before.diagnostics.count)
    let errors = found.filter { $0.severity == .error }
    let others = errors.filter { !$0.isUseBeforeValue }
    // A name without a value may follow from another mistake; names that are not defined are met again.
    return (result, others.isEmpty ? errors : others.filter { $0.code != .unknownName })
  }

  /// Takes back and gives the errors of one turn of a loop that may lie on a way which this turn does not take:
  /// `if i > 0 { print last }` is right although the first turn has no `last`.
  func uncertain<Result>(in turn: () -> Result) -> (Result, mistakes: [Diagnostic]) {
    let (start, outer, known) = (diagnostics.count, certainCount, results)
    certainCount = nil
    let result = turn()
    let certain = max(start, certainCount ?? diagnostics.count)
    let errors = diagnostics.dropFirst(certain).filter { $0.severity == .error && $0.code != .unknownName }
    certainCount = outer ?? certainCount
    guard !errors.isEmpty else { return (result, []) }
    for error in errors { reported.remove(ReportKey(code: error.code, span: error.span)) }
    dropDiagnostics(from: certain) { $0.severity == .error && $0.code != .unknownName }
    // What a call gave is found again with its mistakes.
    for place in results.keys { results[place] = known[place] ?? [] }
    return (result, errors)
  }

  /// What a block does that is made now and runs when it is its turn: another turn may be the first to run it.
  func runningLater<Result>(_ body: () -> Result) -> Result {
    guard isLooking else { return body() }
    return uncertain { () -> Result in
      noteOpenBranch()
      return body()
    }.0
  }

  /// Takes some back; the names that are not defined know where theirs stand.
  private func dropDiagnostics(from start: Int, where isDropped: (Diagnostic) -> Bool) {
    let dropped = diagnostics.indices.dropFirst(start).filter { isDropped(diagnostics[$0]) }
    for (number, (index, uses)) in unknownNames {
      unknownNames[number] = (index - dropped.count { $0 < index }, uses)
    }
    diagnostics = diagnostics.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
  }

  func tentatively<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result? {
    let (before, branches) = (findings, openBranches)
    do throws(Diagnostic) {
      let result = try body()
      if openBranches == branches || diagnostics.count == before.diagnostics.count { return result }
    } catch {
      if openBranches == branches { throw error }
    }
    findings = before
    return nil
  }

  func mistakes(_ body: () throws(Diagnostic) -> Void) -> [Diagnostic] {
    let before = findings
    var thrown: [Diagnostic] = []
    do throws(Diagnostic) { try body() } catch { thrown = error.code == .shapeUnknown ? [] : [error] }
    let found = diagnostics.dropFirst(before.diagnostics.count).filter { $0.severity == .error } + thrown
    if !found.isEmpty { findings = before }
    return found
  }

  /// Mistakes that were found by looking ahead and are certain.
  func keep(_ mistakes: [Diagnostic]) {
    for mistake in mistakes where reported.insert(ReportKey(code: mistake.code, span: mistake.span)).inserted {
      diagnostics.append(mistake)
    }
  }
}
