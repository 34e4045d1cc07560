// Values of a tensor function in Double, by the ops' own references.
import AdamIR
import AdamSource

/// One evaluation of a function, and what its first result would be were one element of an input another.
struct ReferenceRun {
  private let function: TensorFunction
  private let inputs: [ReferenceTensor]
  private var values: [ReferenceTensor?]
  private let span: Span

  /// - Parameters:
  ///   - inputs: A value for each of the function's parameters, in their order.
  ///   - span: Where an op without a value of its own is reported.
  init(_ function: TensorFunction, _ inputs: [ReferenceTensor], at span: Span) throws(Diagnostic) {
    self.function = function
    self.inputs = inputs
    self.span = span
    values = [ReferenceTensor?](repeating: nil, count: function.values.count)
    for (parameter, input) in zip(function.parameters, inputs) { values[parameter.value.index] = input }
    for operation in function.operations { try run(operation, on: &values) }
  }

  var results: [ReferenceTensor] { function.results.compactMap { values[$0.value.index] } }

  /// The operations that an input reaches; the others keep their values when it moves.
  func reached(from input: Int) -> [Operation] {
    var isReached = [Bool](repeating: false, count: function.values.count)
    isReached[function.parameters[input].value.index] = true
    return function.operations.filter { operation in
      guard operation.operands.contains(where: { isReached[$0.index] }) else { return false }
      for result in operation.results { isReached[result.index] = true }
      return true
    }
  }

  /// The first number of the first result with `x` in place of an input's element; `operations` are those
  /// that the input reaches.
  func result(_ input: Int, _ element: Int, is x: Double, through operations: [Operation]) throws(Diagnostic) -> Double {
    var moved = values
    var tensor = inputs[input]
    tensor.values[element] = x
    moved[function.parameters[input].value.index] = tensor
    for operation in operations { try run(operation, on: &moved) }
    return function.results.first.flatMap { moved[$0.value.index]?.values.first } ?? .nan
  }

  private func run(_ operation: Operation, on values: inout [ReferenceTensor?]) throws(Diagnostic) {
    guard let reference = operation.op.reference else {
      throw Diagnostic(.shapesDisagree, "`\(operation.op.name)` cannot be checked: it has no value of its own", at: span)
    }
    let operands = operation.operands.compactMap { values[$0.index] }
    let results = reference(operands, operation.attributes, operation.results.map { function.type($0) })
    for (id, result) in zip(operation.results, results) { values[id.index] = result }
  }
}
