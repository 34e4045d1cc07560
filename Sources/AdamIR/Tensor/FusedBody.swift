// The small program inside a `fused_elementwise` or `fused_epilogue` operation. The encoding that the
// runtime compiles to one loop over the result:
//
// - The operation has operands a0, a1, …; all are f32. Its one result is f32.
// - `body` is a list of steps s0, s1, …, run in order for every element of the result. A step
//   applies an elementwise op (its own name, as outside) to operands, earlier steps and scalars.
//   The last step is the result; every step has one result and is f32.
// - Seen as a matrix [rows, columns] with columns = the last size of the result (1 for rank 0) and
//   rows = the product of the others, each operand has one of the four forms of `BroadcastForm`.
// - Each step rounds exactly as its op does alone; a scalar is rounded to f32 once.
// - At most `maximumSteps` steps and `maximumOperands` operands.
//
// - In `fused_epilogue` s0 is an op with the trait `epilogue` on operands of any shape and kind, the others
//   are as above, and the result has the type of s0. A step reads s0 like any other step.
//
// In text: `fused_elementwise(%3, %1; body={mul(a0, 0.5); add(s0, a1); gelu(s1; approximate="none")})`.

package struct FusedBody: Hashable, Sendable {
  package enum Argument: Hashable, Sendable {
    /// Operand i of the operation.
    case operand(Int)
    /// Result of step i, which stands before.
    case step(Int)
    /// A number that is the same for all elements.
    case scalar(Double)

    /// Which operand it is, if it is one.
    package var operand: Int? { if case .operand(let index) = self { index } else { nil } }
  }

  package struct Step: Hashable, Sendable {
    package var op: OpDefinition
    package var arguments: [Argument]
    package var attributes: Attributes
    package init(_ op: OpDefinition, _ arguments: [Argument], _ attributes: Attributes) {
      self.op = op
      self.arguments = arguments
      self.attributes = attributes
    }
  }

  package static let maximumSteps = 16
  package static let maximumOperands = 6

  package var steps: [Step]
  package init(_ steps: [Step]) { self.steps = steps }

  /// Types of all steps for the operands' types, by the ops' own rules. With `hasSource` the first step
  /// is no elementwise op but what the others stand behind.
  package func stepTypes(
    _ operands: [TensorType], hasSource: Bool = false
  ) throws(ShapeError) -> [TensorType] {
    var types: [TensorType] = []
    for (index, step) in steps.enumerated() {
      let isSource = hasSource && index == 0
      guard step.op.traits.contains(isSource ? .epilogue : .elementwise) else {
        throw ShapeError("`\(step.op.name)` cannot be part of a fused loop")
      }
      var arguments: [TensorType] = []
      for argument in step.arguments {
        switch argument {
        case .operand(let i) where operands.indices.contains(i): arguments.append(operands[i])
        case .step(let i) where types.indices.contains(i): arguments.append(types[i])
        case .scalar: arguments.append(TensorType(.f32, .scalar))
        case .operand(let i): throw ShapeError("a fused loop uses its operand a\(i), which is not there")
        case .step(let i): throw ShapeError("a fused loop uses its step s\(i) before it is computed")
        }
      }
      if !isSource { try TypeRules.numbers("fused_elementwise", arguments) }
      types += try step.op.inferTypes(arguments, step.attributes)
    }
    return types
  }

  /// Refuses operands of the steps from `first` on that have no form in the result.
  func checkForms(
    _ op: String, _ operands: [TensorType], in result: TensorType, from first: Int = 0
  ) throws(ShapeError) {
    guard let target = result.shape.sizes else { return }
    for index in Set(steps.dropFirst(first).flatMap(\.arguments).compactMap(\.operand)).sorted() {
      let shape = operands[index].shape
      let sizes = try shape.fixedSizes(for: "`\(op)`")
      if BroadcastForm.of(sizes, in: target) == nil {
        throw ShapeError("`\(op)` cannot read \(shape.text) for \(result.shape.text)", operands: [index])
      }
    }
  }

  /// The operand of a `fused_epilogue` that s0 may overwrite: no step behind it reads that, but for a relu's gradient,
  /// which such a kernel computes from what it has read.
  func overwritten(_ operands: [TensorType]) -> Int? {
    guard let source = steps.first, let rule = source.op.inPlace else { return nil }
    let own = source.arguments.compactMap(\.operand)
    guard let index = rule(own.map { operands[$0] }, source.attributes) else { return nil }
    let overwritten = Argument.operand(own[index])
    let readers = steps.dropFirst().filter { $0.arguments.contains(overwritten) }
    let isReluGrad = steps.count == 2 && steps[1].op == .reluGrad && steps[1].arguments == [.step(0), overwritten]
    return readers.isEmpty || isReluGrad ? own[index] : nil
  }

  /// Whether an operand says where the gradients that s0 reads belong.
  private func isPlaces(_ operand: Int) -> Bool {
    guard let source = steps.first, source.op == .conv2dInputGrad else { return false }
    return source.arguments.dropFirst(2).contains(.operand(operand))
  }

  /// The last step in Double, by the ops' own references.
  func reference(_ operands: [ReferenceTensor], hasSource: Bool = false) -> [ReferenceTensor] {
    let types = operands.enumerated().map { index, operand in
      TensorType(hasSource && isPlaces(index) ? .i32 : .f32, Shape(sizes: operand.sizes))
    }
    guard let stepTypes = try? stepTypes(types, hasSource: hasSource) else { return [] }
    var results: [ReferenceTensor] = []
    for (step, type) in zip(steps, stepTypes) {
      let arguments = step.arguments.map { argument -> ReferenceTensor in
        switch argument {
        case .operand(let i): operands[i]
        case .step(let i): results[i]
        case .scalar(let value): ReferenceTensor([], [value])
        }
      }
      results += step.op.reference?(arguments, step.attributes, [type]) ?? []
    }
    return results.suffix(1)
  }
}

/// How an operand of an elementwise loop is read, when the result is seen as [rows, columns].
package enum BroadcastForm: String, Hashable, Sendable {
  /// One element for each element of the result.
  case full
  /// One element per column, the same in every row.
  case row
  /// One element per row, the same in every column.
  case column
  /// One element.
  case scalar

  /// The form of an operand of size `source` in a result of size `target`; nil when it is stretched
  /// in another way (such an operand needs its own `broadcast_to`).
  package static func of(_ source: [Int], in target: [Int]) -> BroadcastForm? {
    let added = target.count - source.count
    guard added >= 0 else { return nil }
    let padded = Array(repeating: 1, count: added) + source
    if padded == target { return .full }
    if padded.allSatisfy({ $0 == 1 }) { return .scalar }
    guard let columns = target.last, let found = padded.last else { return nil }
    if found == columns, padded.dropLast().allSatisfy({ $0 == 1 }) { return .row }
    if found == 1, padded.dropLast() == target.dropLast() { return .column }
    return nil
  }
}
