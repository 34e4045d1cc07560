// Everything a script can name: all registries together.
import AdamSource

extension Environment {
  /// The lists, in the order of help. A test holds that what shares a name is told apart by the kind
  /// of its first argument.
  package static let registries: [(name: String, builtins: [BuiltinDefinition])] = [
    ("layers", LayerRegistry.all.map(\.builtin)),
    ("losses", LossRegistry.all.map(\.builtin)),
    ("metrics", MetricRegistry.all.map(\.builtin)),
    ("training", ScheduleBuiltins.all + [HookBuiltins.off]),
    ("schedules", ScheduleRegistry.builtins),
    ("optimizers", OptimizerRegistry.builtins + [OptimizerStep.builtin]),
    ("data", DataRegistry.builtins),
    ("verbs", VerbRegistry.builtins),
    ("core", CoreBuiltins.all),
  ]

  /// The registries, and what pieces of syntax become.
  package static let standard = Environment(
    builtins: registries.flatMap(\.builtins),
    constructs: DeclaredLayer.builtins + [OpenSize.builtin, PairLoop.builtin, CheckGradVerb.builtin])
}

/// Ways to make and change data sets.
package enum DataRegistry {
  package static let builtins: [BuiltinDefinition] = [
    CsvData.builtin,
    SineData.builtin,
    SplitData.builtin,
    ScalingData.standardize,
    ScalingData.minmax,
    BatchData.builtin,
  ]
}

/// Verbs about models; `print` and `seed` are with the core builtins.
package enum VerbRegistry {
  package static let builtins: [BuiltinDefinition] = [
    TrainVerb.builtin,
    EvalVerb.builtin,
    PredictVerb.builtin,
    .save,
    .load,
    ShowVerb.builtin,
    PlotVerb.builtin,
    AssertVerb.builtin,
  ]
}
