// fuse-layer-norm: makes one operation of what layer_norm computes, and one of its gradient for the rows.
// After this pass no row is read and written again for each of their steps.
import AdamIR

extension Pass {
  /// What the layer emits and what autodiff makes of it. The layer's operations move up to its mean, so weight and bias
  /// must be there, and nothing else may need what is not a result; the gradient's move down to its last one, and what
  /// others need of them stays as well.
  package static let fuseLayerNorm = Pass(
    "fuse-layer-norm", purpose: "compute layer_norm in one, and its gradient"
  ) { function in
    guard function.operations.contains(where: { $0.op == .sqrt }) else { return function }
    return LayerNorms(function).replacements.applied(to: function)
  }
}

extension OperationPattern {
  private static func add(_ a: Self, _ b: Self) -> Self { .made(.add, [a, b]) }
  private static func mul(_ a: Self, _ b: Self) -> Self { .made(.mul, [a, b]) }
  private static func div(_ a: Self, _ b: Self) -> Self { .made(.div, [a, b]) }

  fileprivate static let layerNorm: Self = {
    let distance = named("distance", .made(.sub, [.any("x"), .rows(.mean, .any("x"))]))
    let variance = Self.rows(.mean, mul(distance, distance))
    let deviation = named("deviation", .made(.sqrt, [add(variance, .number("eps"))]))
    return add(mul(named("normal", div(distance, deviation)), .any("weight")), .any("bias"))
  }()

  fileprivate static let layerNormGrad = layerNormGrad { $0 }
  /// Rows that are needed elsewhere too, as beside a residual branch, have another gradient, `rest`.
  fileprivate static let layerNormGradAndRest = layerNormGrad { add(.any("rest"), $0) }

  /// The slope of the root from Σ −u·(normal / deviation), the slope of the squares from that, for both factors; then
  /// the slope of the mean.
  private static func layerNormGrad(_ beside: (Self) -> Self) -> Self {
    let u = named("u", mul(.any("g"), .any("weight"))), deviation = Self.any("deviation")
    let cross = Self.rows(.sum, mul(.made(.neg, [u]), div(.any("normal"), deviation)))
    let root = div(cross, mul(.number("two"), deviation))
    let squares = named("squares", mul(.divided(root, by: "size"), .any("distance")))
    let h = named("h", add(add(div(u, deviation), squares), squares))
    return add(beside(h), .divided(.rows(.sum, .made(.neg, [h])), by: "size"))
  }
}

private struct LayerNorms {
  private let function: TensorFunction
  private let uses: ValueUses
  private(set) var replacements = Replacements()

  init(_ function: TensorFunction) {
    self.function = function
    uses = ValueUses(function)
    for index in function.operations.indices where function.operations[index].op == .add {
      _ = takeNorm(index) || takeGradient(.layerNormGrad, index) || takeGradient(.layerNormGradAndRest, index)
    }
  }

  private mutating func takeNorm(_ last: Int) -> Bool {
    let made = ["distance", "deviation", "normal"]
    guard let match = PatternMatch(.layerNorm, endingAt: last, function, uses), match.isClosed(last, but: made),
      let first = match.members.min(), let operands = values(["x", "weight", "bias"], match),
      let shared = values(made, match), let eps = match.numbers["eps"],
      operands.allSatisfy({ uses.definitions[$0.index] < first }), !function.hasUpdate(between: first, and: last)
    else { return false }
    let operation = function.operations[last]
    let fused = Operation(.layerNorm, operands, ["eps": .float(eps)], operation.results + shared, operation.span)
    return take(fused, at: first, match.members)
  }

  private mutating func takeGradient(_ pattern: OperationPattern, _ last: Int) -> Bool {
    guard let match = PatternMatch(pattern, endingAt: last, function, uses),
      let first = match.members.min(),
      let operands = values(["g", "weight", "normal", "deviation", "distance"], match),
      let size = function.type(operands[1]).shape.elementCount,
      match.numbers["two"] == 2, match.numbers["size"] == Double(size), !function.hasUpdate(between: first, and: last)
    else { return false }
    let own = match.exclusive(last)
    // Who needs h needs nearly all of it.
    guard let h = match.values["h"], own.contains(uses.definitions[h.index]) else { return false }
    let operation = function.operations[last]
    let rest = values(["rest"], match) ?? []
    return take(
      Operation(.layerNormGrad, operands + rest, Attributes(), operation.results, operation.span), at: last, own)
  }

  private func values(_ names: [String], _ match: PatternMatch) -> [ValueID]? {
    let found = names.compactMap { match.values[$0] }
    return found.count == names.count ? found : nil
  }

  /// Whether the operation stands for them now: sizes that the pattern does not tell may forbid it, and so does another
  /// that stands for some of them.
  private mutating func take(_ operation: Operation, at place: Int, _ members: Set<Int>) -> Bool {
    guard replacements.dropped.isDisjoint(with: members),
      let types = try? operation.op.inferTypes(operation.operands.map(function.type), operation.attributes),
      types == operation.results.map(function.type)
    else { return false }
    replacements.made[place] = operation
    replacements.dropped.formUnion(members)
    return true
  }
}
