// A pass is a value: its name, its purpose and a function from IR to IR. `Pipeline.standard` is
// the list.
import AdamIR
import AdamSource

/// Why a pass cannot go on: something in the user's program (an op without a gradient). `span` is
/// the place of the operation that is in the way.
package struct PassError: Error, Hashable, Sendable {
  package var message: String
  package var hint: String
  package var span: Span?
  package init(_ message: String, hint: String = "", at span: Span?) {
    self.message = message
    self.hint = hint
    self.span = span
  }
}

package struct Pass: Sendable {
  /// Kebab case; also the name for `--print-after` and in messages.
  package let name: String
  package let purpose: String
  package let run: @Sendable (TensorFunction) throws(PassError) -> TensorFunction
  package init(
    _ name: String, purpose: String,
    run: @escaping @Sendable (TensorFunction) throws(PassError) -> TensorFunction
  ) {
    self.name = name
    self.purpose = purpose
    self.run = run
  }
}
