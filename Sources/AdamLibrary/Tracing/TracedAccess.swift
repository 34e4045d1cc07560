// Fields and parts of traced tensors: what indexing does to numbers at hand, as operations.
import AdamIR
import AdamRuntime
import AdamSource

extension TracedTensor {
  /// The sizes; throws where one is not known.
  func sizes(at span: Span) throws(Diagnostic) -> [Int] {
    guard let sizes = type.shape.sizes else { throw .shapeUnknown(at: span) }
    return sizes
  }

  func field(_ name: String) -> Value? {
    guard let sizes = type.shape.sizes else { return nil }
    return switch name {
    case "shape": .list(ListBox(sizes.map { .number(Double($0)) }))
    case "rows", "len": sizes.first.map { .number(Double($0)) }
    case "rank": .number(Double(sizes.count))
    default: nil
    }
  }

  /// `x[i, 2..<5, :]`.
  func indexed(_ items: [IndexValue], at span: Span) throws(Diagnostic) -> TracedTensor {
    let sizes = try type.shape.openSizes(at: span)
    guard items.count <= sizes.count else {
      throw ValueError.tooManyIndices(items.count, type.shape, at: span)
    }
    if items.count(where: \.isGather) > 1 { throw ValueError.twoGathers(at: span) }
    var result = self
    var kept: [Int] = []
    for (axis, size) in sizes.enumerated() {
      guard axis < items.count, !items[axis].isWhole else {
        kept.append(size)
        continue
      }
      guard size >= 0 else { throw .shapeUnknown(at: span) }
      // Without a list of its places: an axis may be as long as a script says.
      if let slice = try items[axis].slice(count: size, at: span) {
        kept.append(slice.count)
        if slice.count < size { result = try result.sliced(axis, slice, at: span) }
        continue
      }
      let what = "axis \(axis) of a tensor \(type.shape.text)"
      switch try items[axis].selection(count: size, of: what, at: span) {
      case .one(let index):
        result = try result.sliced(axis, index..<(index + 1), at: span)
      case .many(let places):
        kept.append(places.count)
        result = try result.taking(places, of: axis, size: size, at: span)
      }
    }
    return try result.reshaped(to: kept, at: span)
  }

  private func taking(
    _ places: [Int], of axis: Int, size: Int, at span: Span
  ) throws(Diagnostic) -> TracedTensor {
    let first = places.first ?? 0
    if places == Array(first..<(first + places.count)) {
      if places.count == size { return self }
      return try sliced(axis, first..<(first + places.count), at: span)
    }
    let indices: Tensor
    do throws(AllocationError) {
      indices = try Tensor([places.count], integers: places.map { Int32(clamping: $0) })
    } catch {
      throw ValueError.memory(error, at: span)
    }
    return try tracer.apply(
      .indexSelect, [.traced(self), .tensor(indices)], ["axis": .int(axis)].attributes, at: span)
  }

  private func sliced(_ axis: Int, _ places: Range<Int>, at span: Span) throws(Diagnostic) -> TracedTensor {
    try tracer.apply(
      .slice, [.traced(self)],
      Attributes([
        "axis": .int(axis), "start": .int(places.lowerBound), "end": .int(places.upperBound), "step": .int(1),
      ]), at: span)
  }

  /// As `Operand.reshaped`.
  func reshaped(to sizes: [Int], at span: Span) throws(Diagnostic) -> TracedTensor {
    let sizes = try type.reshaped(to: sizes, at: span).shape.sizes ?? sizes
    if type.shape.sizes == sizes { return self }
    return try tracer.apply(
      .reshape, [.traced(self)], Attributes(["shape": .ints(sizes)]), at: span)
  }
}

extension TensorType {
  /// What `reshape` makes of it; one of `sizes` may be -1. Throws E0304 when the elements do not fit.
  func reshaped(to sizes: [Int], at span: Span) throws(Diagnostic) -> TensorType {
    do throws(ShapeError) {
      return try OpDefinition.reshape.inferTypes([self], ["shape": .ints(sizes)]).first ?? self
    } catch {
      throw ValueError.shapes(error, at: span)
    }
  }
}

extension Operand {
  /// The same elements under other sizes, of which one may be -1. Throws E0304 when the elements do not fit.
  func reshaped(to sizes: [Int], at span: Span) throws(Diagnostic) -> Operand {
    switch self {
    case .tensor(let tensor):
      let shape = try tensor.type.reshaped(to: sizes, at: span).shape
      let result = try newTensor(tensor.element, shape.sizes ?? sizes, at: span)
      result.copyElements(from: tensor)
      result.batchAxis = tensor.batchAxis.flatMap { tensor.type.shape.axisKept($0, in: shape) }
      return .tensor(result)
    case .traced(let traced): return .traced(try traced.reshaped(to: sizes, at: span))
    }
  }

  func sizes(at span: Span) throws(Diagnostic) -> [Int] {
    guard let sizes = shape.sizes else { throw .shapeUnknown(at: span) }
    return sizes
  }

  /// The sizes with -1 for that of the batch, of which the checker knows that it is none in particular.
  func openSizes(at span: Span) throws(Diagnostic) -> [Int] { try shape.openSizes(at: span) }
}

extension Shape {
  /// As above, throws where more is open than the batch.
  fileprivate func openSizes(at span: Span) throws(Diagnostic) -> [Int] {
    guard !dimensions.contains(where: \.isUnknown), dimensions.count(where: \.isBatch) <= 1 else {
      throw .shapeUnknown(at: span)
    }
    return dimensions.map { $0.size ?? -1 }
  }
}
