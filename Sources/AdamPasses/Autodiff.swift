// autodiff: reverse-mode differentiation, IR to IR.
// After this pass the results are the function's own, then one gradient per parameter.
import AdamIR
import AdamSource

extension Pass {
  /// Differentiates the first result with respect to every value of role `parameter` that it
  /// depends on. Others get no gradient (and later no update), as in torch.
  package static let autodiff = Pass(
    "autodiff", purpose: "append the gradient of the first result for each parameter",
    necessity: "without it a step has no gradients"
  ) { function throws(PassError) in
    guard let loss = function.results.first?.value else {
      throw PassError("there is no loss to differentiate", at: nil)
    }
    return try function.differentiated(loss: loss, wrt: function.parametersReached(from: loss))
  }
}

extension TensorFunction {
  /// Values of role `parameter` that `value` depends on through differentiable elements, in the
  /// order of the parameters.
  package func parametersReached(from value: ValueID) -> [ValueID] {
    var reached = [Bool](repeating: false, count: values.count)
    reached[value.index] = true
    for operation in operations.reversed() where operation.results.contains(where: { reached[$0.index] }) {
      for operand in operation.operands where type(operand).element == .f32 {
        reached[operand.index] = true
      }
    }
    return parameters.filter { $0.role == .parameter && reached[$0.value.index] }.map(\.value)
  }

  /// This function with a result `NAME.grad` for each of the parameters `wrt`, after the results it
  /// has. Gradients that meet in one value are added in the order in which the operations that use
  /// it stand, last first; within one operation in the order of its operands. A value the loss does
  /// not depend on has the gradient zero. Operations that nothing depends on are dropped.
  ///
  /// Throws when the loss is not a single real number or an operation on the way has no gradient.
  package func differentiated(loss: ValueID, wrt: [ValueID]) throws(PassError) -> TensorFunction {
    guard type(loss) == TensorType(.f32, .scalar) else {
      throw PassError(
        "a loss is a single number, and this is \(type(loss).text)",
        hint: "take the mean of it", at: values[loss.index].span)
    }
    var differentiation = Differentiation(self, wrt: wrt)
    try differentiation.run(from: loss)
    for value in wrt {
      guard let parameter = parameters.first(where: { $0.value == value }) else { continue }
      let gradient = try differentiation.gradient(of: value)
      differentiation.function.results.append(FunctionResult(gradient, "\(parameter.name).grad"))
    }
    return try Pass.dce.run(differentiation.function)
  }
}

extension TensorFunction {
  /// Appends the gradients of `value`, a single real number, with respect to other values of this
  /// function, in their order. A value it does not depend on has the gradient zero. What was appended
  /// is ordinary operations, so that it can be differentiated again.
  package mutating func gradients(
    of value: ValueID, wrt: [ValueID]
  ) throws(PassError) -> [ValueID] {
    var differentiation = Differentiation(self, wrt: wrt)
    try differentiation.run(from: value)
    var result: [ValueID] = []
    for target in wrt { result.append(try differentiation.gradient(of: target)) }
    self = differentiation.function
    return result
  }
}

private struct Differentiation {
  var function: TensorFunction
  private let operationCount: Int
  /// Whether a value depends on what is differentiated.
  private var isActive: [Bool]
  private var gradients: [ValueID?]

  init(_ function: TensorFunction, wrt: [ValueID]) {
    self.function = function
    operationCount = function.operations.count
    isActive = Array(repeating: false, count: function.values.count)
    gradients = Array(repeating: nil, count: function.values.count)
    for value in wrt { isActive[value.index] = true }
    for operation in function.operations {
      let depends = operation.operands.contains { isActive[$0.index] }
      // What is differentiated may itself be the result of an operation.
      for result in operation.results where depends && function.type(result).element == .f32 {
        isActive[result.index] = true
      }
    }
  }

  mutating func run(from loss: ValueID) throws(PassError) {
    let span = function.values[loss.index].span
    gradients[loss.index] = try emit(span) { function throws(ShapeError) in
      try function.constant(1)
    }
    for index in (0..<operationCount).reversed() {
      let operation = function.operations[index]
      let upstream = operation.results.map { gradients[$0.index] }
      let depends = operation.results.contains { isActive[$0.index] }
      guard depends, upstream.contains(where: { $0 != nil }) else { continue }
      try pull(operation, upstream)
    }
  }

  private mutating func pull(_ operation: Operation, _ upstream: [ValueID?]) throws(PassError) {
    guard let pullback = operation.op.pullback else {
      throw PassError("`\(operation.op.name)` has no gradient", at: operation.span)
    }
    let context = PullbackContext(
      operands: operation.operands, results: operation.results, attributes: operation.attributes,
      upstream: upstream)
    let found = try emit(operation.span) { function throws(ShapeError) in
      try pullback(&function, context)
    }
    for (operand, gradient) in zip(operation.operands, found) where isActive[operand.index] {
      guard let gradient else { continue }
      guard let sum = gradients[operand.index] else {
        gradients[operand.index] = gradient
        continue
      }
      gradients[operand.index] = try emit(operation.span) { function throws(ShapeError) in
        try function.emit(.add, [sum, gradient])
      }
    }
  }

  mutating func gradient(of value: ValueID) throws(PassError) -> ValueID {
    if let gradient = gradients[value.index] { return gradient }
    let info = function.values[value.index]
    return try emit(info.span) { function throws(ShapeError) in
      try function.emit(.full, [], ["value": .float(0), "type": .type(info.type)])
    }
  }

  /// Appends operations that all get the place of what is being differentiated.
  private mutating func emit<Result>(
    _ span: Span?, _ body: (inout TensorFunction) throws(ShapeError) -> Result
  ) throws(PassError) -> Result {
    let (operation, value) = (function.operations.count, function.values.count)
    let result: Result
    do throws(ShapeError) {
      result = try body(&function)
    } catch {
      throw PassError(error.message, hint: error.hint, at: span)
    }
    for index in operation..<function.operations.count { function.operations[index].span = span }
    for index in value..<function.values.count { function.values[index].span = span }
    return result
  }
}
