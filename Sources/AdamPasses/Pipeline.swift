// The passes in their order, and running them.
import AdamIR

package struct Pipeline: Sendable {
  package struct Entry: Sendable {
    package var pass: Pass
    /// Why it stands at this place.
    package var reason: String
    package init(_ pass: Pass, because reason: String) {
      self.pass = pass
      self.reason = reason
    }
  }

  package var entries: [Entry]
  package init(_ entries: [Entry]) { self.entries = entries }

  /// For every function, trained or only evaluated.
  package static let standard = Pipeline([
    Entry(.foldConstants, because: "first: more operands are constants for the next"),
    Entry(.simplify, because: "gradients leave products with 1 and stretches that hide equal operations"),
    Entry(.cse, because: "after simplify, so that equal operations look equal"),
    Entry(.dce, because: "the two above leave what they replaced; fusion must count real uses only"),
    Entry(.channelsLast, because: "before fusion: it turns single operations"),
    Entry(.fuseMaxPool, because: "behind channels-last: it is for images in that form"),
    Entry(.fuseCrossEntropy, because: "after dce: what nobody needs is not worth a fusion"),
    Entry(.fuseLayerNorm, because: "before loops take up its operations"),
    Entry(.fuseElementwise, because: "late: the other passes do not look into fused loops"),
    Entry(.dce, because: "constants that became scalars of a fused loop are unused now"),
    Entry(.fuseEpilogue, because: "after loops are as long as they get: each takes up one product"),
    Entry(.sweepUpdates, because: "last: nothing stands between updates any more"),
  ])

  /// The loss and its gradients, for optimizers that update the weights themselves.
  package static let gradients = Pipeline(
    [Entry(.autodiff, because: "differentiates what the user wrote, before anything is fused")] + standard.entries)

  /// A training step: the function's first result is the loss.
  package static func training(_ optimizer: OptimizerUpdate) -> Pipeline {
    Pipeline(
      [
        Entry(.autodiff, because: "differentiates what the user wrote, before anything is fused"),
        Entry(.addOptimizer(optimizer), because: "needs the gradients as results"),
      ] + standard.entries)
  }
}

/// Why a pipeline stopped.
package enum PipelineError: Error, Sendable {
  /// The user's program: no gradient, no plan.
  case refused(PassError, pass: String)
  /// A bug in a pass: what it broke, and the function it made.
  case broken(pass: String, violations: [Violation], text: String)
}

extension Pipeline {
  /// Runs all passes but the disabled ones. `observer` gets each pass's name and result. With
  /// `verifyAfterEach` the first pass that breaks an invariant is named; "input" when the function came
  /// broken.
  package func run(
    _ function: TensorFunction, _ context: PassContext = PassContext(), verifyAfterEach: Bool = false,
    observer: (String, TensorFunction) -> Void = { _, _ in }
  ) throws(PipelineError) -> TensorFunction {
    var function = function
    if verifyAfterEach { try verify(function, after: "input") }
    for entry in entries where !context.disabled.contains(entry.pass.name) {
      do throws(PassError) {
        function = try entry.pass.run(function, context)
      } catch {
        throw PipelineError.refused(error, pass: entry.pass.name)
      }
      if verifyAfterEach { try verify(function, after: entry.pass.name) }
      observer(entry.pass.name, function)
    }
    return function
  }

  private func verify(_ function: TensorFunction, after pass: String) throws(PipelineError) {
    let violations = function.violations()
    if !violations.isEmpty {
      throw PipelineError.broken(pass: pass, violations: violations, text: function.text)
    }
  }
}
