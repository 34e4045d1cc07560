// Layers and models: a tree of configured layers. In the checker a layer has shapes and no weights.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

/// A trainable tensor. Identity matters: optimizer state and gradients belong to it however reached.
package final class LayerParameter {
  /// `weight`, `bias`.
  package let name: String
  package let shape: Shape
  /// nil in the checker.
  package var tensor: Tensor?
  package var isFrozen = false
  /// Draws the initial value again where the layer's definition does not.
  var redraw: ((Tensor, inout Generator) -> Void)?
  package init(name: String, shape: Shape, tensor: Tensor? = nil) {
    self.name = name
    self.shape = shape
    self.tensor = tensor
  }
}

package final class Layer {
  package struct Child {
    /// `0`, `1`, … in a `seq`.
    package var name: String
    package var layer: Layer
    package init(_ name: String, _ layer: Layer) {
      self.name = name
      self.layer = layer
    }
  }
  package let definition: LayerDefinition
  /// The arguments it was built with, checked: sizes, probabilities, flags.
  package let settings: BoundArguments<AbstractValue>
  package var parameters: [LayerParameter]
  /// What it does when it is a function of the script; its children are then the layers it uses.
  package var function: LayerFunction?
  package var children: [Child]
  enum Part {
    case parameter(LayerParameter)
    case layer(Layer)
  }
  /// Parameters and children in the order in which they were first drawn; nil where the parameters were
  /// drawn before the children.
  var drawOrder: [Part]?
  /// How many elements the list has of which this is the layers; nil where the children are all there is.
  var listCount: Int?
  /// The checker does not know all of its parts: some are in a value that only running tells.
  package var isOpen = false
  /// What the data of its last training looked like: scaling and class names.
  package var units = DataUnits()
  /// Where it was written.
  package let span: Span
  package init(
    definition: LayerDefinition, settings: BoundArguments<AbstractValue>,
    parameters: [LayerParameter], children: [Child], span: Span
  ) {
    self.definition = definition
    self.settings = settings
    self.parameters = parameters
    self.children = children
    self.span = span
  }
}

/// Builds a tensor function from layers. `parameter` gives the same SSA value for the same weight.
package protocol TraceBuilder: AnyObject {
  var function: TensorFunction { get set }
  /// Dropout draws and batch statistics update only in training.
  var isTraining: Bool { get }
  func parameter(_ parameter: LayerParameter) -> ValueID
  /// Applies a child layer, recording it for messages.
  func apply(_ layer: Layer, to input: ValueID) throws(Diagnostic) -> ValueID
}

/// A reference: every layer holds its definition.
package final class LayerDefinition: Sendable {
  /// torch's name in lower snake case: `linear`, `dropout`, `relu`, `seq`.
  package let name: String
  package let summary: String
  /// `x [n, in] → [n, out]`; parsed and held against `forward` by a test.
  package let shapeRule: String
  package let signature: Signature
  package let example: String
  package let page: Page
  /// Shapes of the parameters, in the order in which they are drawn and saved.
  package let parameters:
    @Sendable (BoundArguments<AbstractValue>) -> [(name: String, shape: Shape)]
  /// Layers that it is made of, whatever it is given; nil: none. Drawn before its own parameters.
  package let parts: (@Sendable (BoundArguments<AbstractValue>) -> [Layer.Child])?
  /// Draws the initial values in torch's order into the given tensors.
  package let initialize: @Sendable (Layer, inout Generator) -> Void
  /// What it must be fed, `[batch, in]`, or nil when any input will do.
  package let inputShape: @Sendable (Layer) -> Shape?
  package let forward: @Sendable (any TraceBuilder, Layer, ValueID) throws(Diagnostic) -> ValueID
  /// What is wrong with settings that each fit their kind and range.
  package let validate: @Sendable (BoundArguments<AbstractValue>) -> Diagnostic?

  /// Its children are applied one after the other, and messages number them.
  package var isSequence: Bool { name == "seq" }

  /// The output has the input's shape (`relu`, `dropout`), as the shape rule says.
  package var keepsShape: Bool {
    guard let arrow = shapeRule.firstRange(of: " -> ") else { return false }
    return shapeRule[..<arrow.lowerBound] == "x " + shapeRule[arrow.upperBound...]
  }

  package init(
    name: String, summary: String, shapeRule: String, signature: Signature, example: String, page: Page = Page(),
    parameters: @escaping @Sendable (BoundArguments<AbstractValue>) -> [(name: String, shape: Shape)] = { _ in [] },
    parts: (@Sendable (BoundArguments<AbstractValue>) -> [Layer.Child])? = nil,
    initialize: @escaping @Sendable (Layer, inout Generator) -> Void = { _, _ in },
    inputShape: @escaping @Sendable (Layer) -> Shape? = { _ in nil },
    validate: @escaping @Sendable (BoundArguments<AbstractValue>) -> Diagnostic? = { _ in nil },
    forward: @escaping @Sendable (any TraceBuilder, Layer, ValueID) throws(Diagnostic) -> ValueID
  ) {
    self.name = name
    self.summary = summary
    self.shapeRule = shapeRule
    self.signature = signature
    self.example = example
    self.page = page
    self.parameters = parameters
    self.parts = parts
    self.initialize = initialize
    self.inputShape = inputShape
    self.validate = validate
    self.forward = forward
  }
}
