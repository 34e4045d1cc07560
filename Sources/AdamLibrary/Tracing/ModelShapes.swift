// Questions that the checker and the verbs ask of a model before any weight is used.
import AdamIR
import AdamSource

/// What a model makes of an input type: every layer's output.
package struct ModelTrace {
  package var function: TensorFunction
  package var output: ValueID
  package var trail: [TrailStep]
  package var outputType: TensorType { function.type(output) }
}

extension Layer {
  /// `@forward` for an input type. Throws the first disagreement of shapes.
  package func traced(
    on input: TensorType, isTraining: Bool = false
  ) throws(Diagnostic) -> ModelTrace {
    let tracer = ModelTracer(name: "forward", isTraining: isTraining)
    tracer.declareParameters(of: self)
    let x = tracer.function.addParameter(input, name: "x", role: .input)
    let output = try tracer.run(self, on: x)
    return ModelTrace(function: tracer.function, output: output, trail: tracer.trail)
  }

  /// The type of one batch of inputs, as far as the model itself tells: from its first layer that
  /// knows. nil when any input will do.
  package var knownInput: TensorType? {
    definition.inputShape(self).map { TensorType(.f32, $0) }
  }

  /// Checks that the layers fit together; nothing to say when no layer knows its input.
  package func checkLayers() throws(Diagnostic) {
    guard let input = knownInput else { return }
    _ = try traced(on: input)
  }

  /// `@forward` as a function with the model's output as its result.
  package func forwardFunction(
    on input: TensorType, isTraining: Bool = false
  ) throws(Diagnostic) -> TensorFunction {
    let trace = try traced(on: input, isTraining: isTraining)
    var function = trace.function
    function.results = [FunctionResult(trace.output, "output")]
    return function
  }
}
