// The checker: an abstract interpreter over the program. It reports what is certain before anything
// runs, reads no rows, allocates no weights and takes time linear in the length of the script.
import AdamIR
import AdamLibrary
import AdamSource

/// What a check found.
package struct CheckResult {
  /// Errors and warnings in the order of their places, each once.
  package var diagnostics: [Diagnostic] = []
  /// What is known of the top-level variables afterwards.
  package var globals: [String: AbstractValue] = [:]
  /// The `train` calls met, for printing the step's code without running.
  package var trainings: [AbstractTraining] = []
  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// A `train` as the checker saw it.
package struct AbstractTraining {
  package var arguments: BoundArguments<AbstractValue>
  package var span: Span { arguments.span }
}

/// Checks one program against a session: the same for `check`, `run` and the prompt.
package struct Checker {
  let session: SessionState
  /// What is known of the top-level variables, by module, in the order in which they got their names.
  let globals: [Int32: [(name: String, value: AbstractValue)]]
  /// At a prompt names may come later and values of statements are shown.
  let isInteractive: Bool

  package init(session: SessionState, globals: [String: AbstractValue], isInteractive: Bool = false) {
    let variables = globals.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    self.init(session: session, modules: [0: variables], isInteractive: isInteractive)
  }

  package init(
    session: SessionState, modules globals: [Int32: [(name: String, value: AbstractValue)]], isInteractive: Bool
  ) {
    self.session = session
    self.globals = globals
    self.isInteractive = isInteractive
  }

  package mutating func check(_ program: Program) -> CheckResult {
    let engine = CheckEngine(session: session, globals: globals, isInteractive: isInteractive)
    // Files that have not run are looked at first, imported ones before their importers.
    let programs = session.modules.pending.map(\.program) + [program]
    for program in programs { noteAssignments(program, engine) }
    let tracer = session.functionTracer
    session.functionTracer = engine
    defer { session.functionTracer = tracer }
    for program in programs {
      let frame = Frame(engine: engine, program: program, function: 0, callSpan: nil)
      engine.frames = [frame]
      frame.run()
    }
    engine.checkUncalled()
    engine.frames = []
    engine.reportOpenSizes()
    if !isInteractive, let warning = engine.evaluationWarning(program) { engine.add(warning) }
    var result = CheckResult(diagnostics: engine.diagnostics, trainings: engine.trainings)
    result.diagnostics.sort { $0.order < $1.order }
    // What is not supported has no value, and what that leads to at the same place says nothing new.
    let open = Set(result.diagnostics.compactMap { $0.code == .notYet ? $0.span : nil })
    result.diagnostics.removeAll { diagnostic in
      diagnostic.code != .notYet && diagnostic.span.map(open.contains) == true
    }
    let forbidden = Set(result.diagnostics.compactMap { $0.code == .forbiddenInHook ? $0.span : nil })
    result.diagnostics.removeAll { diagnostic in
      diagnostic.code != .forbiddenInHook && diagnostic.span.map(forbidden.contains) == true
    }
    for (name, value) in engine.globals.variables(of: 0) { result.globals[name] = value }
    return result
  }

  private func noteAssignments(_ program: Program, _ engine: CheckEngine) {
    for function in program.functions {
      // Looking at functions for every call costs a bounded multiple of the script's length.
      engine.stepsLeft += 8 * function.instructions.count
      for (instruction, span) in zip(function.instructions, function.spans) {
        for name in globalsStored(by: instruction, program) {
          let number = engine.globals.number(of: name, in: program.module)
          if engine.assignedNames[number] == nil { engine.assignedNames[number] = span }
        }
      }
    }
  }

  private func globalsStored(by instruction: Instruction, _ program: Program) -> [String] {
    switch instruction {
    case .storeGlobal(let name, _) where program.names.indices.contains(Int(name)): [program.names[Int(name)]]
    case .importModule(_, let module, true): session.modules[module]?.exports ?? []
    default: []
    }
  }
}

extension Diagnostic {
  /// By text, then place; what has no place stands last.
  fileprivate var order: (UInt32, Int32, Int32, String) {
    guard let span else { return (.max, .max, .max, code.text) }
    return (span.source.index, span.start, span.end, code.text)
  }
}
