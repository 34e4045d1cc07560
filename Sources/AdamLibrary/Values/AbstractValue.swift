// What the checker knows of a value. `unknown` silences every complaint about it.
import AdamIR
import AdamSource

package enum AbstractValue {
  /// Before assignment on every path.
  case unset
  case unknown
  /// Exactly this value: constants of the script and the session's values.
  case known(Value)
  /// A number, bool or string whose value is not known.
  case number
  case bool
  case string
  case tensor(TensorType)
  /// A tensor of a function that is being traced: what it went through is known, and it has no numbers.
  case traced(TracedTensor)
  case list([AbstractValue])
  /// A list of unknown length whose elements look like this.
  indirect case listOf(AbstractValue)
  case tuple([AbstractValue])
  case record([AbstractField], kind: String)
  case range
  indirect case function(AbstractFunction)
  /// `grad(f)`, or `value_and_grad(f)`, of a function that is known.
  indirect case derivative(AbstractValue, hasValue: Bool)
  /// A layer or model with shapes and without weights.
  case layer(Layer)
  case optimizer(Optimizer)
  indirect case data(DataDescription)
  case hook
}

package struct AbstractField {
  package var name: String
  package var value: AbstractValue
  package init(_ name: String, _ value: AbstractValue) {
    self.name = name
    self.value = value
  }
}

package struct AbstractFunction {
  package var program: Program
  package var function: Int
  package var captures: [(register: Register, value: AbstractValue)]
  package var defaults: [(parameter: Int, value: AbstractValue)]
  package init(
    program: Program, function: Int, captures: [(register: Register, value: AbstractValue)],
    defaults: [(parameter: Int, value: AbstractValue)]
  ) {
    self.program = program
    self.function = function
    self.captures = captures
    self.defaults = defaults
  }
}

extension AbstractValue {
  /// Whether `v(…)` may mean something.
  package var isCallable: Bool {
    switch kindOfValue {
    case .function, .layer, .unknown: true
    default: false
    }
  }
}
