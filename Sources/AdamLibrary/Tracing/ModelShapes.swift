// Questions that the checker and the verbs ask of a model before any weight is used.
import AdamIR
import AdamRuntime
import AdamSource

/// What a model makes of an input type: every layer's output.
package struct ModelTrace {
  package var function: TensorFunction
  package var output: ValueID
  /// The record or tuple that `output` stands for.
  package var structure: Value?
  package var trail: [TrailStep]
  package var parameters: [NamedParameter]
  package var captures: [(name: String, tensor: Tensor)]
  /// A function of the script took part.
  package var usesScript: Bool
  package var outputType: TensorType { function.type(output) }
}

extension Diagnostic {
  /// A model called with the wrong input: the call is the place, the layer the other one.
  func called(with input: TensorType, at place: Span) -> Diagnostic {
    var diagnostic = self
    if let layer = span { diagnostic.labels.insert(Label(layer, label), at: 0) }
    diagnostic.span = place
    diagnostic.label = "called with \(input.shape.text)"
    return diagnostic
  }
}

extension Layer {
  /// `@forward` for an input type. Throws the first disagreement of shapes.
  /// - Parameter place: where the model is called in the script; what goes in stands there.
  package func traced(
    on input: TensorType, isTraining: Bool = false, called place: Span? = nil, caller: (any FunctionTracer)?
  ) throws(Diagnostic) -> ModelTrace {
    let tracer = ModelTracer(name: "forward", isTraining: isTraining, caller: caller)
    tracer.declareParameters(of: self)
    tracer.callPlace = place
    let x = tracer.function.addParameter(input, name: "x", role: .input)
    let output: ValueID
    do throws(Diagnostic) {
      output = try tracer.run(self, on: x)
    } catch {
      guard let place, error.code == .inputDisagrees else { throw error }
      throw error.called(with: input, at: place)
    }
    return ModelTrace(
      function: tracer.function, output: output, structure: tracer.structures[output], trail: tracer.trail,
      parameters: tracer.parameters, captures: tracer.captures, usesScript: tracer.usesScript)
  }

  /// The type of one batch of inputs, as far as the model itself tells: from its first layer that
  /// knows. nil when any input will do.
  package var knownInput: TensorType? {
    definition.inputShape(self).map { TensorType(.f32, $0) }
  }

  /// Where the first layer was made that works differently while training (it draws, or uses the
  /// batch's statistics); nil when there is none or it cannot be told.
  package func modePlace(on input: TensorType, _ caller: (any FunctionTracer)?) -> Span? {
    do throws(Diagnostic) {
      let still = try traced(on: input, caller: caller).function.operations
      let training = try traced(on: input, isTraining: true, caller: caller).function.operations
      for (index, operation) in training.enumerated() {
        guard still.indices.contains(index), still[index].op == operation.op else { return operation.span }
      }
    } catch {}
    return nil
  }

  /// Checks that the layers fit together; nothing to say when no layer knows its input.
  package func checkLayers(_ context: (any CheckContext)? = nil) throws(Diagnostic) {
    guard let input = knownInput, !fits(input, context) else { return }
    do throws(Diagnostic) {
      _ = try traced(on: input, caller: context?.session.functionTracer)
    } catch {
      if error.code != .shapeUnknown { throw error }
    }
  }

  /// No mistakes with what the first layer takes. `linear` takes rows of any number of axes, and what follows may
  /// want more than the two that are tried first.
  private func fits(_ input: TensorType, _ context: (any CheckContext)?) -> Bool {
    let longer = Shape([.batch, .unknown] + input.shape.dimensions.dropFirst())
    guard input.shape.accepts(longer) else { return false }
    let mistakes = mistakes(on: input, context)
    if mistakes.isEmpty { return true }
    if mistakes.allSatisfy({ $0.code == .inputDisagrees }) { return false }
    return self.mistakes(on: TensorType(.f32, longer), context).isEmpty
  }

  /// What is certainly wrong with an input of this type.
  private func mistakes(on input: TensorType, _ context: (any CheckContext)?) -> [Diagnostic] {
    func trace() throws(Diagnostic) { _ = try traced(on: input, caller: context?.session.functionTracer) }
    if let context { return context.mistakes(trace) }
    do throws(Diagnostic) {
      try trace()
      return []
    } catch {
      return error.code == .shapeUnknown ? [] : [error]
    }
  }

  /// `@forward` as a function with the model's output as its result, or its tensors one by one.
  package func forwardTrace(
    on input: TensorType, isTraining: Bool = false, called place: Span? = nil, caller: (any FunctionTracer)?
  ) throws(Diagnostic) -> ModelTrace {
    var trace = try traced(on: input, isTraining: isTraining, called: place, caller: caller)
    let outputs = trace.structure?.tracedParts ?? [trace.output]
    trace.function.results = outputs.enumerated().map { index, value in
      FunctionResult(value, index == 0 ? "output" : "output.\(index)")
    }
    return trace
  }
}
