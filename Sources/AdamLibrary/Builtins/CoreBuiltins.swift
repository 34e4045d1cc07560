// The functions that scripts have beside layers, losses, data and training: one list.

package enum CoreBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    MathBuiltins.all, ReductionBuiltins.all, CollectionBuiltins.all, TextBuiltins.all, ListMethods.all,
    TextMethods.all, RecordBuiltins.all, TensorBuiltins.all, RandomBuiltins.all, OutputBuiltins.all,
    ModelBuiltins.all, InitializerBuiltins.all, GradientBuiltins.all, ShapeBuiltins.all, SelectionBuiltins.all,
  ].flatMap(\.self)
}
