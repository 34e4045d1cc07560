// randperm: a random order from the session's generator, drawn anew at every run.

extension OpDefinition {
  /// 0 … n − 1, as `torch.randperm` draws them.
  package static let randperm: OpDefinition = .init(
    name: "randperm", summary: "The numbers from 0 to below n in an order drawn at every run.",
    formula: "y ~ permutations of 0, …, n - 1", traits: [.random, .effect], operandCount: 0...0,
    attributeNames: ["n"],
    inferTypes: { _, attributes throws(ShapeError) in
      guard let n = attributes.int("n") else { throw .missingAttribute("randperm", "n") }
      guard n >= 0 else { throw ShapeError("`randperm` needs a count from 0 on, not \(n)") }
      return [TensorType(.i32, Shape(sizes: [n]))]
    },
    pullback: noGradient)
}
