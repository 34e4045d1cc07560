// channels-last: lets images lie in memory with their channels side by side where convolutions gain by it.
// After this pass no convolution of a converted group reads or makes images with channels first.
import AdamIR
import AdamSource

extension Pass {
  /// Images that convolutions, poolings, elementwise operations and sums over all but the channels hand to one
  /// another form a group. A group is converted when the convolutions in it are worth the transposes at its borders.
  package static let channelsLast = Pass(
    "channels-last", purpose: "keep the channels of images side by side where convolutions are faster so"
  ) { function in
    let groups = ImageGroups(function)
    if groups.isEmpty { return function }
    var conversion = Conversion(Rewriting(function), groups)
    for (index, operation) in function.operations.enumerated() { conversion.visit(operation, index) }
    return conversion.rewriting.finish()
  }
}

/// Which operands of an operation are images that lie as its result does; nil: it has no form with channels last.
private func images(_ operation: Operation, in function: TensorFunction) -> [Int]? {
  let sizes = operation.operands.map { function.type($0).shape.sizes }
  guard !sizes.contains(nil), let result = operation.results.first, operation.results.count == 1,
    let resultSizes = function.type(result).shape.sizes
  else { return nil }
  switch operation.op {
  case .conv2d, .conv2dInputGrad: return operation.attributes.int("groups") == 1 ? [0] : nil
  case .conv2dWeightGrad: return operation.attributes.int("groups") == 1 ? [0, 1] : nil
  case .maxPool2d: return [0]
  case .maxPool2dGrad: return [0, 1]
  case .sum:
    let isKept = operation.attributes.bool("keepdims") ?? true
    return operation.attributes.ints("axes") == [0, 2, 3] && sizes[0]?.count == 4 && !isKept ? [0] : nil
  default:
    guard function.isLoop(operation), resultSizes.count == 4 else { return nil }
    let places = operation.operands.indices.filter { sizes[$0] == resultSizes }
    return operation.operands.indices.allSatisfy { places.contains($0) || sizes[$0] == [] } ? places : nil
  }
}

/// The groups that are to be converted.
private struct ImageGroups {
  private let function: TensorFunction
  /// By index of the operation: its operands that are images.
  private(set) var images: [[Int]?]
  /// By index of the value: one of its group, which leads to the first; in the end the first.
  private var parents: [Int]
  private var chosen: Set<Int> = []

  var isEmpty: Bool { chosen.isEmpty }

  init(_ function: TensorFunction) {
    self.function = function
    parents = Array(function.values.indices)
    images = Array(repeating: nil, count: function.operations.count)
    guard function.operations.contains(where: { $0.op == .conv2d }) else { return }
    for (index, operation) in function.operations.enumerated() {
      images[index] = AdamPasses.images(operation, in: function)
      link(operation, images[index])
    }
    for value in parents.indices { parents[value] = currentRoot(value) }
    choose()
  }

  /// Whether an operation is in a chosen group.
  func contains(_ index: Int) -> Bool {
    guard let image = images[index]?.first else { return false }
    return contains(function.operations[index].operands[image])
  }

  func contains(_ value: ValueID) -> Bool { chosen.contains(root(value.index)) }

  private func root(_ value: Int) -> Int { parents[value] }

  /// While groups are still joined; the next way there is half as long.
  private mutating func currentRoot(_ value: Int) -> Int {
    var place = value
    while parents[place] != place {
      parents[place] = parents[parents[place]]
      place = parents[place]
    }
    return place
  }

  private mutating func link(_ operation: Operation, _ images: [Int]?) {
    guard let images, let first = images.first else { return }
    let one = currentRoot(operation.operands[first].index)
    for image in images { parents[currentRoot(operation.operands[image].index)] = one }
    guard operation.op != .conv2dWeightGrad, operation.op != .sum else { return }
    parents[currentRoot(operation.results[0].index)] = one
  }

  // MARK: What pays

  /// Multiply-adds that pay for an element moved at the border.
  private static let worth = 150.0
  /// Channels fill registers by this many.
  private static let lanes = 16

  private mutating func choose() {
    var work: [Int: Double] = [:], moved: [Int: Double] = [:]
    var refused: Set<Int> = []
    for (index, operation) in function.operations.enumerated() {
      if let image = images[index]?.first {
        let group = root(operation.operands[image].index)
        if !fillsRegisters(operation) { refused.insert(group) }
        work[group, default: 0] += products(operation)
      }
      // What others make of images, or hand to a group, is moved.
      let own = images[index] ?? []
      for place in operation.operands.indices where !own.contains(place) {
        let value = operation.operands[place]
        moved[root(value.index), default: 0] += movedElements(value)
      }
      if images[index] == nil {
        for result in operation.results { moved[root(result.index), default: 0] += movedElements(result) }
      }
    }
    for value in function.parameters.map(\.value) + function.results.map(\.value) {
      moved[root(value.index), default: 0] += movedElements(value)
    }
    for (group, count) in work where count > 0 && !refused.contains(group) {
      if count / Self.worth >= moved[group] ?? 0 { chosen.insert(group) }
    }
  }

  /// Nothing is moved when there is one channel or one pixel.
  private func movedElements(_ value: ValueID) -> Double {
    guard let sizes = function.type(value).shape.sizes, sizes.count == 4 else { return 0 }
    return sizes[1] == 1 || sizes[2] * sizes[3] == 1 ? 0 : Double(function.type(value).shape.elementCount ?? 0)
  }

  private func fillsRegisters(_ operation: Operation) -> Bool {
    switch operation.op {
    case .conv2d, .conv2dInputGrad: sizes(operation.results[0])[1] % Self.lanes == 0
    case .conv2dWeightGrad: sizes(operation.operands[0])[1] % Self.lanes == 0
    default: true
    }
  }

  private func products(_ operation: Operation) -> Double {
    switch operation.op {
    case .conv2d: count(operation.results[0], sizes(operation.operands[1]))
    case .conv2dInputGrad: count(operation.operands[0], sizes(operation.operands[1]))
    case .conv2dWeightGrad: count(operation.operands[0], sizes(operation.results[0]))
    default: 0
    }
  }

  /// A window of one element is fast either way.
  private func count(_ output: ValueID, _ weights: [Int]) -> Double {
    if weights.dropFirst(2).allSatisfy({ $0 == 1 }) { return 0 }
    return weights.dropFirst().reduce(Double(function.type(output).shape.elementCount ?? 0)) { $0 * Double($1) }
  }

  private func sizes(_ value: ValueID) -> [Int] { function.type(value).shape.sizes ?? [1, 1, 1, 1] }
}

/// Copies a function with the operations of the chosen groups in their other form.
private struct Conversion {
  var rewriting: Rewriting
  private let groups: ImageGroups
  /// New values with channels last, by the old ones.
  private var last: [ValueID: ValueID] = [:]
  /// Old values that are needed with channels first.
  private let needed: Set<ValueID>

  init(_ rewriting: Rewriting, _ groups: ImageGroups) {
    self.rewriting = rewriting
    self.groups = groups
    var needed = Set(rewriting.source.results.map(\.value))
    for (index, operation) in rewriting.source.operations.enumerated() {
      let images = groups.contains(index) ? groups.images[index] ?? [] : []
      for place in operation.operands.indices where !images.contains(place) { needed.insert(operation.operands[place]) }
    }
    self.needed = needed
  }

  mutating func visit(_ operation: Operation, _ index: Int) {
    guard groups.contains(index), let images = groups.images[index] else {
      return rewriting.append(rewriting.translated(operation))
    }
    var copy = rewriting.translated(operation)
    for place in images { copy.operands[place] = channelsLast(operation.operands[place], operation.span) }
    let old = operation.results[0]
    if operation.op == .sum { copy.attributes = ["axes": .ints([0, 1, 2]), "keepdims": .bool(false)] }
    if !operation.op.traits.contains(.elementwise) {
      copy.attributes.entries.append(.init(ChannelsLast.attribute, .bool(true)))
    }
    guard operation.op != .sum, operation.op != .conv2dWeightGrad else { return rewriting.append(copy) }
    let type = rewriting.source.type(old).permuted(ChannelsLast.there)
    let new = rewriting.appendNew(copy.op, copy.operands, copy.attributes, type, span: operation.span)
    last[old] = new
    if needed.contains(old) { rewriting.replace(old, by: transposed(new, ChannelsLast.back, operation.span)) }
  }

  private mutating func channelsLast(_ old: ValueID, _ span: Span?) -> ValueID {
    if let known = last[old] { return known }
    let new = transposed(rewriting.mapped(old), ChannelsLast.there, span)
    last[old] = new
    return new
  }

  /// A view where nothing has to move.
  private mutating func transposed(_ value: ValueID, _ order: [Int], _ span: Span?) -> ValueID {
    let type = rewriting.output.type(value)
    let result = type.permuted(order)
    let (old, new) = (type.shape.sizes ?? [], result.shape.sizes ?? [])
    if old.filter({ $0 != 1 }) == new.filter({ $0 != 1 }), order.filter({ old[$0] != 1 }).isAscending {
      return rewriting.appendNew(.reshape, [value], ["shape": .ints(new)], result, span: span)
    }
    return rewriting.appendNew(.transpose, [value], ["permutation": .ints(order)], result, span: span)
  }
}

extension [Int] {
  fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
