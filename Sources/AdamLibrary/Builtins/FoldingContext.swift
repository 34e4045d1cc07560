// Where the checker runs what depends on nothing but its arguments.
import AdamIR
import AdamSource

/// Calls nothing, and remembers that a call was asked for: what came of it then says nothing.
package final class FoldingContext: ExecutionContext {
  package let session: SessionState
  package private(set) var hasCalled = false

  package init(session: SessionState) { self.session = session }

  package func call(_ callee: Value, _ arguments: [Value], at span: Span) throws(Diagnostic) -> Value {
    hasCalled = true
    throw .notYet("calling a function", at: span)
  }

  package func run(_ hook: Hook, _ arguments: [Value]) throws(Diagnostic) -> Bool { false }
  package var variableChanges: Int { 0 }
  package func poll() throws(Diagnostic) {}
}
