// Type rules that several ops share. Axes in the IR are 0 ..< rank; negative ones are resolved by
// whoever builds the operation (`Shape.axis(_:of:)`).

/// Shared checks on operands and attributes; `op` is the name in messages.
enum TypeRules {
  static func numbers(_ op: String, _ types: [TensorType]) throws(ShapeError) {
    for (index, type) in types.enumerated() where type.element != .f32 {
      throw ShapeError.element(op, "real numbers", type, operand: index)
    }
  }

  static func truths(_ op: String, _ types: [TensorType]) throws(ShapeError) {
    for (index, type) in types.enumerated() where type.element != .bool {
      throw ShapeError.element(op, "truth values", type, operand: index)
    }
  }

  static func axes(_ op: String, _ shape: Shape, _ attributes: Attributes) throws(ShapeError) -> [Int] {
    guard let axes = attributes.ints("axes") else { throw ShapeError.missingAttribute(op, "axes") }
    var previous = -1
    for axis in axes {
      guard axis >= 0, axis < shape.rank else { throw ShapeError.axis(axis, shape, op) }
      guard axis > previous else { throw ShapeError("`\(op)` names axis \(axis) twice") }
      previous = axis
    }
    return axes
  }

  static func axis(_ op: String, _ shape: Shape, _ attributes: Attributes) throws(ShapeError) -> Int {
    guard let axis = attributes.int("axis") else { throw ShapeError.missingAttribute(op, "axis") }
    guard axis >= 0, axis < shape.rank else { throw ShapeError.axis(axis, shape, op) }
    return axis
  }

  /// The shape left when `axes` (ascending) are reduced.
  static func reduced(_ shape: Shape, _ axes: [Int], keepdims: Bool) -> Shape {
    var dimensions: [Dimension] = []
    for (index, dimension) in shape.dimensions.enumerated() {
      if !axes.contains(index) {
        dimensions.append(dimension)
      } else if keepdims {
        dimensions.append(Dimension(1))
      }
    }
    return Shape(dimensions)
  }

  static func reduction(_ op: String) -> TypeRule {
    { types, attributes throws(ShapeError) in
      try numbers(op, types)
      let axes = try axes(op, types[0].shape, attributes)
      guard let keepdims = attributes.bool("keepdims") else {
        throw ShapeError.missingAttribute(op, "keepdims")
      }
      return [TensorType(.f32, reduced(types[0].shape, axes, keepdims: keepdims))]
    }
  }

  /// The shape that two operands must share exactly, as losses need it: nothing stretches.
  static func same(
    _ op: String, _ a: Shape, _ b: Shape, operands: [Int]
  ) throws(ShapeError) -> Shape {
    guard a.rank == b.rank else { throw ShapeError.notSame(op, a, b, operands: operands) }
    var dimensions: [Dimension] = []
    for (x, y) in zip(a.dimensions, b.dimensions) {
      guard let common = x.unified(y) else {
        throw ShapeError.notSame(op, a, b, operands: operands)
      }
      dimensions.append(common)
    }
    return Shape(dimensions)
  }

  /// Checks that an operand is a single number.
  static func scalar(_ op: String, _ type: TensorType, operand: Int) throws(ShapeError) {
    guard type.shape.rank == 0 else {
      throw ShapeError.rank(op, "a single number", type.shape, operand: operand)
    }
  }

  static func refuseEmpty(_ op: String, _ shape: Shape, _ axes: [Int]) throws(ShapeError) {
    for axis in axes where shape.dimensions[axis].size == 0 {
      throw ShapeError("`\(op)` of nothing: axis \(axis) of \(shape.text) is empty", operands: [0])
    }
  }
}
