// attention: what every place of a sequence takes from the others, for several heads, and its gradient.
import Glibc

extension OpDefinition {
  /// x [n, t, 3·dim], queries, keys and values side by side, each of `heads` parts → y [n, t, dim] and the weights
  /// [n, heads, t, t'] that the gradient reads: of each place for those that see it, t' is t or more. With `causal` a
  /// place sees those up to its own; the weights of the others are 0. torch's `scaled_dot_product_attention` (Vaswani
  /// et al. 2017, equation 1), which keeps no weights.
  ///
  /// Rule 1 over what is seen, rule 4 for the weights. Causal places go by groups of 12, in long sequences of 96, in
  /// which a number that is not finite shows at the places before its own too.
  package static let attention: OpDefinition = .init(
    name: "attention", summary: "What every place of a sequence takes from the others.",
    formula: "q, k, v = parts of x; for each head: w = softmax(q kᵀ / √d)ᵀ; y = wᵀ v", operandCount: 1...1,
    attributeNames: ["heads", "causal"],
    inferTypes: { types, attributes throws(ShapeError) in
      try AttentionShape("attention", types[0], attributes).results
    },
    pullback: { function, context throws(ShapeError) in
      var parts: [ValueID] = []
      if let g = context.upstream[0] {
        parts.append(
          try function.emit(.attentionGrad, [g, context.operands[0], context.results[1]], context.attributes))
      }
      if let u = context.upstream[1] {
        let heads = try AttentionHeads(&function, context.operands[0], context.attributes)
        parts.append(try heads.gradient(ofWeights: context.results[1], u, &function))
      }
      guard let first = parts.first else { return [nil] }
      return [parts.count == 1 ? first : try function.emit(.add, parts)]
    },
    reference: { operands, attributes, types in
      guard let s = try? AttentionShape("attention", types: operands, attributes) else { return [] }
      var (y, weights) = (ReferenceTensor(zeros: types[0]), ReferenceTensor(zeros: types[1]))
      s.eachRow { row in
        let scores = (0..<row.seen).map { j in s.scale * s.dot(operands[0], row.query, operands[0], row.key(j)) }
        let top = scores.max() ?? 0
        let e = scores.map { Glibc.exp($0 - top) }, sum = e.reduce(0, +)
        for j in 0..<row.seen {
          weights.values[row.weight(j)] = e[j] / sum
          for c in 0..<s.size { y.values[row.output + c] += e[j] / sum * operands[0].values[row.value(j) + c] }
        }
      }
      return [y, weights]
    })

  /// g [n, t, dim], x and the weights as attention has them → the gradient of x.
  package static let attentionGrad: OpDefinition = .init(
    name: "attention_grad", summary: "Gradient of attention.",
    formula: "v' = w g; u = softmax_grad(g vᵀ, wᵀ) / √d; q' = u k; k' = uᵀ q", operandCount: 3...3,
    attributeNames: ["heads", "causal"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("attention_grad", types)
      let made = try AttentionShape("attention_grad", types[1], attributes, operand: 1).results
      for (operand, result) in [(0, 0), (2, 1)] {
        _ = try TypeRules.same("attention_grad", types[operand].shape, made[result].shape, operands: [operand, 1])
      }
      return [types[1]]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      let heads = try AttentionHeads(&function, context.operands[1], context.attributes)
      return try heads.pullback(g: context.operands[0], weights: context.operands[2], u, &function)
    },
    reference: { operands, attributes, types in
      let (g, x, weights) = (operands[0], operands[1], operands[2])
      guard let s = try? AttentionShape("attention_grad", types: [x], attributes) else { return [] }
      var result = ReferenceTensor(zeros: types[0])
      s.eachRow { row in
        let p = (0..<row.seen).map { weights.values[row.weight($0)] }
        let u = (0..<row.seen).map { s.dot(g, row.output, x, row.value($0)) }
        let mean = zip(u, p).map { $0 * $1 }.reduce(0, +)
        for j in 0..<row.seen {
          let slope = s.scale * (u[j] - mean) * p[j]
          for c in 0..<s.size {
            result.values[row.query + c] += slope * x.values[row.key(j) + c]
            result.values[row.key(j) + c] += slope * x.values[row.query + c]
            result.values[row.value(j) + c] += p[j] * g.values[row.output + c]
          }
        }
      }
      return [result]
    })
}

/// x [n, t, 3·heads·size], where sizes may be open.
private struct AttentionShape {
  private let x: Shape
  private let heads: Int
  private let isCausal: Bool

  init(_ op: String, _ x: TensorType, _ attributes: Attributes, operand: Int = 0) throws(ShapeError) {
    try TypeRules.numbers(op, [x])
    guard let heads = attributes.int("heads") else { throw .missingAttribute(op, "heads") }
    guard let isCausal = attributes.bool("causal") else { throw .missingAttribute(op, "causal") }
    guard x.shape.rank == 3 else { throw .rank(op, "three axes, [n, places, numbers]", x.shape, operand: operand) }
    let numbers = x.shape.dimensions[2].size ?? 0
    guard heads > 0, numbers.isMultiple(of: 3), (numbers / 3).isMultiple(of: heads) else {
      throw ShapeError(
        "the numbers of `\(op)` must be three parts of \(heads) heads: \(x.shape.text)", operands: [operand])
    }
    (self.x, self.heads, self.isCausal) = (x.shape, heads, isCausal)
  }

  /// Of a reference, whose sizes are known.
  init(_ op: String, types operands: [ReferenceTensor], _ attributes: Attributes) throws(ShapeError) {
    try self.init(op, TensorType(.f32, Shape(sizes: operands[0].sizes)), attributes)
  }

  /// Of y and the weights.
  var results: [TensorType] {
    let (n, t, joined) = (x.dimensions[0], x.dimensions[1], x.dimensions[2].size)
    let dim = joined.map { Dimension($0 / 3) } ?? .unknown
    let length = t.size.map { Dimension(Self.length($0)) } ?? .unknown
    return [Shape([n, t, dim]), Shape([n, Dimension(heads), t, length])].map { TensorType(.f32, $0) }
  }

  /// Of the rows of weights: whole vectors, whose columns do not all fall on the same places of a cache.
  private static func length(_ places: Int) -> Int {
    let vectors = (places + 15) / 16
    return 16 * (vectors > 0 && vectors.isMultiple(of: 8) ? vectors + 1 : vectors)
  }

  private var count: Int { x.dimensions[0].size ?? 0 }
  private var places: Int { x.dimensions[1].size ?? 0 }
  private var dim: Int { (x.dimensions[2].size ?? 0) / 3 }
  var size: Int { dim / heads }
  var scale: Double { 1 / Double(size).squareRoot() }

  /// Where the numbers of a place lie.
  struct Row {
    let query, output, seen: Int
    fileprivate let firstKey, dim, firstWeight, length: Int
    func key(_ j: Int) -> Int { firstKey + j * 3 * dim }
    func value(_ j: Int) -> Int { key(j) + dim }
    func weight(_ j: Int) -> Int { firstWeight + j * length }
  }

  func eachRow(_ body: (Row) -> Void) {
    let length = Self.length(places)
    for n in 0..<count {
      for head in 0..<heads {
        for i in 0..<places {
          let first = n * places * 3 * dim + head * size
          body(
            Row(
              query: first + i * 3 * dim, output: (n * places + i) * dim + head * size,
              seen: isCausal ? i + 1 : places, firstKey: first + dim, dim: dim,
              firstWeight: (n * heads + head) * places * length + i, length: length))
        }
      }
    }
  }

  /// Of two heads' numbers.
  func dot(_ a: ReferenceTensor, _ i: Int, _ b: ReferenceTensor, _ j: Int) -> Double {
    (0..<size).map { a.values[i + $0] * b.values[j + $0] }.reduce(0, +)
  }
}

/// Attention out of single operations, for what has no kernel: gradients of weights, and of gradients.
private struct AttentionHeads {
  private let sizes: [Int]
  private let heads: Int
  private var dim: Int { sizes[2] / 3 }
  /// [n, heads, t, size].
  private let q, k, v: ValueID
  private let scale: ValueID

  init(_ function: inout TensorFunction, _ x: ValueID, _ attributes: Attributes) throws(ShapeError) {
    sizes = try function.type(x).shape.fixedSizes(for: "a gradient")
    heads = attributes.int("heads") ?? 1
    (q, k, v) = try Self.split(&function, x, sizes, heads)
    scale = try function.constant(1 / (Double(sizes[2]) / 3 / Double(heads)).squareRoot())
  }

  private static func split(
    _ function: inout TensorFunction, _ x: ValueID, _ sizes: [Int], _ heads: Int
  ) throws(ShapeError) -> (ValueID, ValueID, ValueID) {
    let dim = sizes[2] / 3
    var parts: [ValueID] = []
    for part in 0..<3 {
      let range: Attributes = [
        "axis": .int(2), "start": .int(part * dim), "end": .int((part + 1) * dim), "step": .int(1),
      ]
      parts.append(try turned(&function, try function.emit(.slice, [x], range), sizes, heads))
    }
    return (parts[0], parts[1], parts[2])
  }

  /// [n, t, dim] as [n, heads, t, size].
  private static func turned(
    _ function: inout TensorFunction, _ x: ValueID, _ sizes: [Int], _ heads: Int
  ) throws(ShapeError) -> ValueID {
    let split = [sizes[0], sizes[1], heads, sizes[2] / 3 / heads]
    let parts = try function.emit(.reshape, [x], ["shape": .ints(split)])
    return try function.emit(.transpose, [parts], ["permutation": .ints([0, 2, 1, 3])])
  }

  /// And back.
  private func joined(_ x: ValueID, _ function: inout TensorFunction) throws(ShapeError) -> ValueID {
    let turned = try function.emit(.transpose, [x], ["permutation": .ints([0, 2, 1, 3])])
    return try function.emit(.reshape, [turned], ["shape": .ints([sizes[0], sizes[1], dim])])
  }

  private func product(
    _ a: ValueID, _ b: ValueID, first: Bool = false, second: Bool = false, _ function: inout TensorFunction
  ) throws(ShapeError) -> ValueID {
    try function.emit(.matmul, [a, b], ["transpose_a": .bool(first), "transpose_b": .bool(second)])
  }

  /// Of weights, those that places have; what lies behind them is 0.
  private func whole(_ weights: ValueID, _ function: inout TensorFunction) throws(ShapeError) -> ValueID {
    let range: Attributes = ["axis": .int(3), "start": .int(0), "end": .int(sizes[1]), "step": .int(1)]
    return try function.emit(.slice, [weights], range)
  }

  private func padded(
    _ u: ValueID, as weights: ValueID, _ function: inout TensorFunction
  ) throws(ShapeError) -> ValueID {
    let rest = (function.type(weights).shape.dimensions[3].size ?? 0) - sizes[1]
    if rest == 0 { return u }
    let zeros = try function.zeros(TensorType(.f32, Shape(sizes: [sizes[0], heads, sizes[1], rest])))
    return try function.emit(.concat, [u, zeros], ["axis": .int(3)])
  }

  private static let along: Attributes = ["axis": .int(2)]

  /// The part of x' that comes from a gradient `u` of the weights.
  func gradient(
    ofWeights weights: ValueID, _ u: ValueID, _ function: inout TensorFunction
  ) throws(ShapeError) -> ValueID {
    let (w, u) = (try whole(weights, &function), try whole(u, &function))
    let slopes = try function.emit(.mul, [try function.emit(.softmaxGrad, [u, w], Self.along), scale])
    let query = try joined(try product(slopes, k, first: true, &function), &function)
    let key = try joined(try product(slopes, q, &function), &function)
    let value = try function.zeros(function.type(query))
    return try function.emit(.concat, [query, key, value], ["axis": .int(2)])
  }

  /// Of attention_grad: what g, x and the weights get from a gradient of its result.
  func pullback(
    g: ValueID, weights: ValueID, _ u: ValueID, _ function: inout TensorFunction
  ) throws(ShapeError) -> [ValueID?] {
    let (g, w) = (try Self.turned(&function, g, sizes, heads), try whole(weights, &function))
    let (uq, uk, uv) = try Self.split(&function, u, sizes, heads)
    let raw = try product(v, g, second: true, &function)
    let slopes = try function.emit(.mul, [try function.emit(.softmaxGrad, [raw, w], Self.along), scale])
    let meeting = try function.emit(
      .add, [try product(k, uq, second: true, &function), try product(uk, q, second: true, &function)])
    let context = PullbackContext(
      operands: [raw, w], results: [], attributes: Self.along,
      upstream: [try function.emit(.mul, [meeting, scale])])
    let parts = try OpDefinition.softmaxGrad.pullback?(&function, context) ?? []
    guard parts.count == 2, let ofRaw = parts[0], let ofSoftmax = parts[1] else {
      throw ShapeError("`softmax_grad` has no gradient for both of its operands")
    }
    let ofG = try function.emit(
      .add,
      [try product(w, uv, first: true, &function), try product(ofRaw, v, first: true, &function)])
    let ofWeights = try function.emit(.add, [try product(uv, g, second: true, &function), ofSoftmax])
    let ofX = [
      try joined(try product(slopes, uk, first: true, &function), &function),
      try joined(try product(slopes, uq, &function), &function),
      try joined(try product(ofRaw, g, &function), &function),
    ]
    return [
      try joined(ofG, &function), try function.emit(.concat, ofX, ["axis": .int(2)]),
      try padded(ofWeights, as: weights, &function),
    ]
  }
}
