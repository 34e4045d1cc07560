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

/// What passes are given beside the function.
package struct PassContext {
  /// Names of the passes that are left out.
  package var disabled: Set<String>
  /// Computes operations on constants; nil: none is folded.
  package var evaluate: ConstantEvaluator?
  package init(disabled: Set<String> = [], evaluate: ConstantEvaluator? = nil) {
    self.disabled = disabled
    self.evaluate = evaluate
  }
}

package struct Pass: Sendable {
  package typealias Body =
    @Sendable (TensorFunction, PassContext) throws(PassError) -> TensorFunction

  /// Kebab case; also the name for `--print-after`, `--disable` and in messages.
  package let name: String
  package let purpose: String
  /// What a function lacks without the pass. nil: it is optional, and changes no bit of any result.
  package let necessity: String?
  private let body: Body

  package init(
    _ name: String, purpose: String, necessity: String? = nil,
    run body: @escaping @Sendable (TensorFunction) throws(PassError) -> TensorFunction
  ) {
    self.init(name, purpose: purpose, necessity: necessity, runInContext: { function, _ throws(PassError) in
      try body(function)
    })
  }

  package init(_ name: String, purpose: String, necessity: String? = nil, runInContext body: @escaping Body) {
    self.name = name
    self.purpose = purpose
    self.necessity = necessity
    self.body = body
  }

  package func run(
    _ function: TensorFunction, _ context: PassContext = PassContext()
  ) throws(PassError) -> TensorFunction {
    try body(function, context)
  }
}
