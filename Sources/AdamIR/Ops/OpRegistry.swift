// The ops, one line each. Parsing, checking, differentiating, testing and help are derived from it.

package struct OpRegistry: Sendable {
  package let definitions: [OpDefinition]

  package init(_ definitions: [OpDefinition]) { self.definitions = definitions }

  /// Of two definitions with one name the first counts; a test holds that names are unique. A run asks once or
  /// twice: to fill a dictionary takes longer.
  package subscript(name: String) -> OpDefinition? { definitions.first { $0.name == name } }

  package static let standard = OpRegistry(all)

  package static let all: [OpDefinition] = [
    .neg,
    .abs,
    .sign,
    .exp,
    .log,
    .log1p,
    .sqrt,
    .sin,
    .cos,
    .floor,
    .round,
    .tanh, .tanhGrad,
    .sigmoid, .sigmoidGrad,
    .relu, .reluGrad,
    .gelu, .geluGrad,
    .add,
    .sub,
    .mul,
    .div,
    .remainder,
    .pow,
    .maximum,
    .minimum,
    .eq,
    .ne,
    .lt,
    .le,
    .gt,
    .ge,
    .logicalAnd,
    .logicalOr,
    .logicalNot,
    .where,
    .full,
    .cast,
    .broadcastTo,
    .reshape,
    .transpose,
    .slice,
    .concat,
    .indexSelect, .indexSelectGrad,
    .sum,
    .mean,
    .max, .maxGrad,
    .min, .minGrad,
    .argmax,
    .argmin,
    .linear,
    .matmul,
    .conv2d, .conv2dInputGrad, .conv2dWeightGrad,
    .maxPool2d, .maxPool2dGrad,
    .softmax, .softmaxGrad,
    .causalSoftmax,
    .logSoftmax, .logSoftmaxGrad,
    .nllLoss, .nllLossGrad,
    .crossEntropyLoss, .crossEntropyLossGrad,
    .mseLoss, .mseLossGrad,
    .bceWithLogits, .bceWithLogitsGrad,
    .dropoutMask,
    .rand,
    .randn,
    .randint,
    .randperm,
    .adam,
    .adamw,
    .sgd,
    .fusedElementwise,
    .fusedEpilogue,
  ]
}
