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
  let globals: [String: AbstractValue]
  /// At a prompt names may come later and values of statements are shown.
  let isInteractive: Bool

  package init(session: SessionState, globals: [String: AbstractValue], isInteractive: Bool = false) {
    self.session = session
    self.globals = globals
    self.isInteractive = isInteractive
  }

  package mutating func check(_ program: Program) -> CheckResult {
    CheckResult(globals: globals)
  }
}
