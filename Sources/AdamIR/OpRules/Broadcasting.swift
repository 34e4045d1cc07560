// Broadcasting: torch's rule for fixed sizes, and what is certain about symbolic ones.

extension Dimension {
  /// Whether two sizes may be the same: true when one of them is symbolic.
  package func mayEqual(_ other: Dimension) -> Bool {
    self == other || size == nil || other.size == nil
  }

  /// The more definite of two sizes that have to be equal; nil when they certainly differ.
  package func unified(_ other: Dimension) -> Dimension? {
    guard mayEqual(other) else { return nil }
    return isUnknown || (isBatch && other.size != nil) ? other : self
  }

  /// The size that both stretch to; nil when that is certainly impossible. A symbolic size that
  /// meets a fixed one above 1 must be that size or 1, so the result is the fixed one, except that
  /// `batch` stays `batch`: a batch of 32 rows is still one.
  func stretched(_ other: Dimension) -> Dimension? {
    if self == other || other.size == 1 { return self }
    if size == 1 { return other }
    if isBatch || other.isBatch { return .batch }
    if isUnknown { return other }
    if other.isUnknown { return self }
    return nil
  }
}

extension Shape {
  /// Places of the batch axes, counted from the end.
  private var batchPlaces: [Int] {
    dimensions.indices.filter { dimensions[$0].isBatch }.map { rank - $0 }
  }

  /// The size `place` axes from the end (1 = last); axes before the first count as 1.
  private func fromEnd(_ place: Int) -> Dimension {
    place <= rank ? dimensions[rank - place] : Dimension(1)
  }

  /// The common shape of two operands. If both carry a batch axis these must line up, so
  /// `[batch, 1]` and `[batch]` are refused. `phrase` says what was tried: `cannot add A to B`.
  package static func broadcast(
    _ a: Shape, _ b: Shape, phrase: @autoclosure () -> String
  ) throws(ShapeError) -> Shape {
    let places = (a.batchPlaces, b.batchPlaces)
    if !places.0.isEmpty, !places.1.isEmpty, places.0 != places.1 {
      throw ShapeError.batchAxes(phrase())
    }
    var dimensions: [Dimension] = []
    for place in stride(from: max(a.rank, b.rank), to: 0, by: -1) {
      let (x, y) = (a.fromEnd(place), b.fromEnd(place))
      guard let common = x.stretched(y) else { throw ShapeError.sizes(phrase(), x, y) }
      dimensions.append(common)
    }
    return Shape(dimensions)
  }

  /// `axis` as 0 ..< rank; negative axes count from the end.
  package func axis(_ axis: Int, of op: String) throws(ShapeError) -> Int {
    guard axis >= -rank, axis < rank else { throw ShapeError.axis(axis, self, op) }
    return axis < 0 ? axis + rank : axis
  }

  /// All sizes, or an error that says that `what` needs them.
  package func fixedSizes(for what: String) throws(ShapeError) -> [Int] {
    guard let sizes else { throw ShapeError.symbolic(what, self) }
    return sizes
  }

  /// Axes of `self` along which a value of shape `source` was stretched to reach it.
  func stretchedAxes(from source: Shape) -> [Int] {
    let added = rank - source.rank
    return dimensions.indices.filter { axis in
      axis < added || (source.dimensions[axis - added].size == 1 && dimensions[axis].size != 1)
    }
  }
}
