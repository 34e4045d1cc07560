// Elements, rows and slices of tensors, read and replaced. Elements are moved, never computed with.
import AdamIR
import AdamRuntime
import AdamSource

extension Tensor {
  /// What the items select of each axis; axes without an item are taken whole.
  private func selections(
    _ items: [IndexValue], at span: Span
  ) throws(Diagnostic) -> [AxisSelection] {
    let shape = Shape(sizes: sizes)
    guard items.count <= sizes.count else {
      if sizes.isEmpty { throw ValueError.noElements("a number", at: span) }
      throw ValueError.tooManyIndices(items.count, shape, at: span)
    }
    if items.count(where: \.isGather) > 1 { throw ValueError.twoGathers(at: span) }
    var result: [AxisSelection] = []
    for (axis, size) in sizes.enumerated() {
      guard axis < items.count else {
        result.append(.many(Array(0..<size)))
        continue
      }
      let what = "axis \(axis) of a tensor \(shape.text)"
      result.append(try items[axis].selection(count: size, of: what, at: span))
    }
    return result
  }

  /// Row-major places of the selected elements.
  private func places(_ selections: [AxisSelection]) -> [Int] {
    var places = [0]
    for (axis, selection) in selections.enumerated() {
      let size = sizes[axis]
      let indices = selection.indices
      var next: [Int] = []
      next.reserveCapacity(places.count * indices.count)
      for place in places { for index in indices { next.append(place * size + index) } }
      places = next
    }
    return places
  }

  private func sizes(_ selections: [AxisSelection]) -> [Int] {
    selections.compactMap { selection in
      if case .many(let indices) = selection { indices.count } else { nil }
    }
  }

  func indexed(_ items: [IndexValue], at span: Span) throws(Diagnostic) -> Value {
    let selections = try selections(items, at: span)
    let places = places(selections)
    let result = try taking(places, sizes: sizes(selections), at: span)
    // Rows stay rows when all of them are taken.
    if let batchAxis, case .many(let rows) = selections[batchAxis], rows.count == self.sizes[batchAxis] {
      result.batchAxis = self.sizes(Array(selections[..<batchAxis])).count
    }
    return .of(result)
  }

  /// A new tensor of the elements at `places`, which must be inside.
  package func taking(_ places: [Int], sizes: [Int], at span: Span) throws(Diagnostic) -> Tensor {
    do throws(AllocationError) {
      let result = try Tensor(element, sizes)
      let source = pointer.assumingMemoryBound(to: UInt32.self)
      let target = result.pointer.assumingMemoryBound(to: UInt32.self)
      let limit = min(places.count, result.elementCount)
      for i in 0..<limit where places[i] >= 0 && places[i] < elementCount {
        target[i] = source[places[i]]
      }
      return result
    } catch { throw ValueError.memory(error, at: span) }
  }

  /// What an assignment to some elements writes: a number everywhere, or a tensor of the selected shape.
  struct Replacement {
    var places: [Int]
    var source: Tensor
  }

  func replacement(
    _ items: [IndexValue], with value: Value, at span: Span
  ) throws(Diagnostic) -> Replacement {
    let selections = try selections(items, at: span)
    let places = places(selections)
    let source = try value.asTensor(at: span)
    let shape = sizes(selections)
    guard source.sizes.isEmpty || source.sizes == shape else {
      throw ValueError.misplaced(source.type.shape, in: Shape(sizes: shape), at: span)
    }
    if element == .i32, source.element == .f32,
      let number = source.floats.first(where: { Int32(exactly: $0) == nil }) {
      throw ValueError.conversion(
        "\(messageText(Double(number))) is no element of an integer tensor", at: span)
    }
    return Replacement(places: places, source: source)
  }

  /// Writes converted elements; the source has one element or one for each place.
  func overwrite(_ replacement: Replacement) {
    let source = replacement.source
    for (i, place) in replacement.places.enumerated() {
      let value = source.number(at: source.sizes.isEmpty ? 0 : i) ?? 0
      switch element {
      case .f32: write(floats: [Float(value)], at: place)
      case .i32: write(integers: [Int32(exactly: value) ?? 0], at: place)
      case .bool: write(integers: [value != 0 ? 1 : 0], at: place)
      }
    }
  }
}
