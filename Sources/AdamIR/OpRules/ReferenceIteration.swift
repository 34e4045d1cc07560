// Loops of the Double references: row-major order, broadcasting by strides of zero. Plain and slow
// on purpose: they are what kernels are compared with.

extension ReferenceTensor {
  /// Row-major strides; an axis that is stretched to a larger size has stride 0.
  func strides(stretchedTo target: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: target.count)
    var step = 1
    let added = target.count - sizes.count
    for axis in sizes.indices.reversed() where axis + added >= 0 {
      strides[axis + added] = sizes[axis] == 1 ? 0 : step
      step *= sizes[axis]
    }
    return strides
  }

  /// Values in the order of `target`, stretched where needed.
  func stretched(to target: [Int]) -> [Double] {
    if sizes == target { return values }
    let strides = strides(stretchedTo: target)
    return ReferenceTensor.offsets(target, strides).map { values[$0] }
  }

  /// Offset of every element of a row-major walk over `sizes` with the given strides.
  static func offsets(_ sizes: [Int], _ strides: [Int], start: Int = 0) -> [Int] {
    var offsets = [start]
    for (size, stride) in zip(sizes, strides) {
      offsets = offsets.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return offsets
  }

  /// Splits the walk at one axis: `[outer, size, inner]`.
  func split(at axis: Int) -> (outer: Int, size: Int, inner: Int) {
    (
      sizes[..<axis].reduce(1, *), sizes[axis], sizes[(axis + 1)...].reduce(1, *)
    )
  }

  /// Offsets of each line along `axis`, lines in row-major order of the other axes.
  func lines(along axis: Int) -> [[Int]] {
    let (outer, size, inner) = split(at: axis)
    var lines: [[Int]] = []
    for o in 0..<outer {
      for i in 0..<inner { lines.append((0..<size).map { (o * size + $0) * inner + i }) }
    }
    return lines
  }

  /// For each element of the reduced shape, the offsets of what is reduced into it.
  func groups(over axes: [Int]) -> [[Int]] {
    let all = ReferenceTensor([], [0]).rowMajorStrides(sizes)
    let kept = sizes.indices.filter { !axes.contains($0) }
    let starts = ReferenceTensor.offsets(kept.map { sizes[$0] }, kept.map { all[$0] })
    let inside = ReferenceTensor.offsets(axes.map { sizes[$0] }, axes.map { all[$0] })
    return starts.map { start in inside.map { start + $0 } }
  }

  private func rowMajorStrides(_ sizes: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: sizes.count)
    var step = 1
    for axis in sizes.indices.reversed() {
      strides[axis] = step
      step *= sizes[axis]
    }
    return strides
  }
}

extension OpDefinition {
  /// Sizes of the only result; references are called with fixed sizes.
  static func sizes(_ types: [TensorType]) -> [Int] { types.first?.shape.sizes ?? [] }

  /// One result element from one element of each operand.
  static func elementwise(_ value: @escaping @Sendable ([Double]) -> Double) -> Reference {
    { operands, _, types in
      let sizes = sizes(types)
      let columns = operands.map { $0.stretched(to: sizes) }
      let count = sizes.reduce(1, *)
      return [ReferenceTensor(sizes, (0..<count).map { i in value(columns.map { $0[i] }) })]
    }
  }

  /// One result element from each group of reduced elements.
  static func reducing(_ value: @escaping @Sendable ([Double]) -> Double) -> Reference {
    { operands, attributes, types in
      let x = operands[0]
      let values = x.groups(over: attributes.ints("axes") ?? []).map { group in
        value(group.map { x.values[$0] })
      }
      return [ReferenceTensor(sizes(types), values)]
    }
  }

  /// Each line along the attribute `axis` of all (equally shaped) operands to a line.
  static func linewise(_ line: @escaping @Sendable ([[Double]]) -> [Double]) -> Reference {
    { operands, attributes, types in
      var result = ReferenceTensor(sizes(types), operands[0].values)
      for offsets in operands[0].lines(along: attributes.int("axis") ?? 0) {
        let values = line(operands.map { operand in offsets.map { operand.values[$0] } })
        for (offset, value) in zip(offsets, values) { result.values[offset] = value }
      }
      return [result]
    }
  }
}
