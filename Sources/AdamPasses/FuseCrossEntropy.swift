// fuse-cross-entropy: makes one operation of log_softmax and nll_loss, and one of their gradients.
// After this pass no nll_loss takes its scores from a log_softmax over the classes.
import AdamIR

extension Pass {
  /// The loss moves up to its log_softmax, so its labels must be there; the gradient of the loss moves
  /// down to that of log_softmax when nothing else reads it.
  package static let fuseCrossEntropy = Pass(
    "fuse-cross-entropy", purpose: "compute log_softmax and nll_loss in one, and their gradients"
  ) { function in
    CrossEntropies(function).replacements.applied(to: function)
  }
}

private struct CrossEntropies {
  private let function: TensorFunction
  private let uses: ValueUses
  private(set) var replacements = Replacements()

  init(_ function: TensorFunction) {
    self.function = function
    uses = ValueUses(function)
    for (index, operation) in function.operations.enumerated() {
      switch operation.op {
      case .nllLoss: takeLoss(operation, index)
      case .logSoftmaxGrad: takeGradient(operation, index)
      default: break
      }
    }
  }

  private func isOverClasses(_ operation: Operation) -> Bool {
    operation.attributes.int("axis") == 1 && function.type(operation.operands[0]).shape.rank == 2
  }

  private func maker(_ value: ValueID, _ op: OpDefinition) -> Int? {
    let index = uses.definitions[value.index]
    return index >= 0 && function.operations[index].op == op ? index : nil
  }

  private mutating func takeLoss(_ loss: Operation, _ index: Int) {
    guard let place = maker(loss.operands[0], .logSoftmax), replacements.made[place] == nil,
      isOverClasses(function.operations[place]), uses.definitions[loss.operands[1].index] < place
    else { return }
    let scores = function.operations[place]
    replacements.made[place] = Operation(
      .crossEntropyLoss, [scores.operands[0], loss.operands[1]], Attributes(), loss.results + scores.results,
      loss.span)
    replacements.dropped.insert(index)
  }

  private mutating func takeGradient(_ gradient: Operation, _ index: Int) {
    guard let place = maker(gradient.operands[0], .nllLossGrad), isOverClasses(gradient),
      uses.users[gradient.operands[0].index] == [index], !uses.isResult[gradient.operands[0].index]
    else { return }
    let part = function.operations[place]
    replacements.made[index] = Operation(
      .crossEntropyLossGrad, Array(part.operands.prefix(2)) + [gradient.operands[1]], Attributes(),
      gradient.results, gradient.span)
    replacements.dropped.insert(place)
  }
}
