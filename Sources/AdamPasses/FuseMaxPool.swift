// fuse-max-pool: pools what a convolution makes, two by two, while it is in the cache. After this pass such images are
// in memory neither themselves nor as gradients: which elements were the largest is all that the gradients need.
import AdamIR

extension Pass {
  /// A convolution with channels last, a relu or none, and a pooling by two rows and two columns that covers the
  /// images; and the gradients of that, if only sums and the convolution's own gradients read what they make. The
  /// convolution moves down to the pooling.
  package static let fuseMaxPool = Pass(
    "fuse-max-pool", purpose: "pool what convolutions make before it leaves the cache"
  ) { function in
    guard function.operations.contains(where: { $0.op == .maxPool2d }) else { return function }
    let chains = PooledConvolutions(function).found
    return chains.isEmpty ? function : PoolFusion(Rewriting(function), chains).function
  }
}

/// Operations that become one, by their indices.
private struct PooledConvolution {
  let convolution: Int
  let relu: Int?
  let pool: Int
  /// The last operation of the gradient of relu and pooling, and those before it.
  var gradient: Int?
  var gradients: [Int] = []
  /// Who reads what it makes.
  var readers: [Int] = []

  var dropped: [Int] { [convolution] + (relu.map { [$0] } ?? []) + gradients + (gradient.map { [$0] } ?? []) }
}

private struct PooledConvolutions {
  private let function: TensorFunction
  private let uses: ValueUses
  private(set) var found: [PooledConvolution] = []

  init(_ function: TensorFunction) {
    self.function = function
    uses = ValueUses(function)
    found = function.operations.indices.compactMap(chain)
  }

  private func chain(pool: Int) -> PooledConvolution? {
    let operation = function.operations[pool]
    guard operation.op == .maxPool2d, isPlain(operation.attributes) else { return nil }
    var source = uses.definitions[operation.operands[0].index]
    guard source >= 0 else { return nil }
    let relu = function.operations[source].op == .relu ? source : nil
    if let relu { source = uses.definitions[function.operations[relu].operands[0].index] }
    guard source >= 0, isConvolution(source), !function.hasUpdate(between: source, and: pool) else { return nil }
    if let relu, users(source) != [relu] { return nil }
    var chain = PooledConvolution(convolution: source, relu: relu, pool: pool)
    return takeGradients(&chain) ? chain : nil
  }

  /// nil where a result of the function is read too.
  private func users(_ operation: Int) -> [Int]? {
    let result = function.operations[operation].results[0].index
    return uses.isResult[result] ? nil : uses.users[result]
  }

  /// Whether there are none, or all of them are such as can be replaced.
  private func takeGradients(_ chain: inout PooledConvolution) -> Bool {
    let images = chain.relu ?? chain.convolution
    guard let readers = users(images) else { return false }
    let others = readers.filter { $0 != chain.pool }
    guard var last = others.first else { return true }
    let gradient = function.operations[last], result = function.operations[images].results[0]
    guard gradient.op == .maxPool2dGrad, gradient.operands[1] == result, gradient.operands[0] != result,
      gradient.attributes == function.operations[chain.pool].attributes
    else { return false }
    if chain.relu != nil {
      let mask = others[others.count - 1]
      guard others.count == 2, function.operations[mask].op == .reluGrad,
        function.operations[mask].operands == [gradient.results[0], result], users(last) == [mask]
      else { return false }
      chain.gradients = [last]
      last = mask
    } else if others.count > 1 {
      return false
    }
    guard let readers = users(last), readers.allSatisfy({ canUnpool($0, function.operations[last].results[0]) }),
      let first = readers.first, let end = readers.last, first > chain.pool,
      !function.hasUpdate(between: others[0], and: end)
    else { return false }
    (chain.gradient, chain.readers) = (last, readers)
    return true
  }

  private func isConvolution(_ index: Int) -> Bool {
    let operation = function.operations[index]
    guard operation.op == .conv2d, !isPointwise(operation.operands[1]) else { return false }
    let types = operation.operands.map(function.type)
    return (try? OpDefinition.conv2dMaxPool2d.inferTypes(types, pooling(operation, isRelu: true))) != nil
      && operation.attributes.bool(ChannelsLast.attribute) == true
  }

  private func canUnpool(_ index: Int, _ gradients: ValueID) -> Bool {
    let operation = function.operations[index]
    guard operation.operands.filter({ $0 == gradients }).count == 1, operation.operands[0] == gradients else {
      return false
    }
    let isLast = operation.attributes.bool(ChannelsLast.attribute) == true
    switch operation.op {
    case .conv2dWeightGrad: return isLast
    case .conv2dInputGrad: return isLast && !isPointwise(operation.operands[1])
    case .sum:
      return operation.attributes.ints("axes") == [0, 1, 2] && operation.attributes.bool("keepdims") == false && isLast
    default: return false
    }
  }

  /// Such a convolution is a product of matrices.
  private func isPointwise(_ weights: ValueID) -> Bool {
    function.type(weights).shape.sizes?.suffix(2) == [1, 1]
  }

  private func isPlain(_ attributes: Attributes) -> Bool {
    attributes.ints("kernel") == [2, 2] && attributes.ints("stride") == [2, 2] && attributes.ints("padding") == [0, 0]
      && attributes.ints("dilation") == [1, 1]
  }
}

/// The attributes of the convolution with its pooling.
private func pooling(_ convolution: Operation, isRelu: Bool) -> Attributes {
  let window = convolution.attributes.entries.filter { WindowGeometry.attributeNames.contains($0.name) }
  return Attributes(window + [.init("relu", .bool(isRelu))])
}

/// Copies a function with the chains in their other form.
private struct PoolFusion {
  private var rewriting: Rewriting
  private var dropped: Set<Int> = []
  private var pools: [Int: PooledConvolution] = [:]
  /// By who reads the gradients of the images: those of the pooled ones, as they were, and the pooling.
  private var readers: [Int: (ValueID, Int)] = [:]
  /// By the pooling.
  private var places: [Int: ValueID] = [:]
  private(set) var function: TensorFunction

  init(_ rewriting: Rewriting, _ chains: [PooledConvolution]) {
    (self.rewriting, function) = (rewriting, rewriting.source)
    for chain in chains {
      dropped.formUnion(chain.dropped)
      pools[chain.pool] = chain
      guard let first = chain.gradients.first ?? chain.gradient else { continue }
      for reader in chain.readers { readers[reader] = (function.operations[first].operands[0], chain.pool) }
    }
    for (index, operation) in rewriting.source.operations.enumerated() { visit(operation, index) }
    function = self.rewriting.finish()
  }

  private mutating func visit(_ operation: Operation, _ index: Int) {
    if let chain = pools[index] { return pool(chain, operation) }
    if dropped.contains(index) { return }
    var copy = rewriting.translated(operation)
    if let (g, pool) = readers[index], let places = places[pool] {
      copy.operands[0] = rewriting.mapped(g)
      copy.operands.append(places)
      if copy.op == .sum { (copy.op, copy.attributes) = (.maxUnpool2dSum, Attributes()) }
    }
    rewriting.append(copy)
  }

  private mutating func pool(_ chain: PooledConvolution, _ pool: Operation) {
    let convolution = rewriting.translated(rewriting.source.operations[chain.convolution])
    let type = rewriting.source.type(pool.results[0])
    let results = rewriting.appendNew(
      .conv2dMaxPool2d, convolution.operands, pooling(convolution, isRelu: chain.relu != nil),
      [type, TensorType(.i32, type.shape)], span: convolution.span)
    rewriting.replace(pool.results[0], by: results[0])
    places[chain.pool] = results[1]
  }
}
