// Records as tables of names and values.
import AdamIR
import AdamSource

package enum RecordBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("keys", keys),
    .init("values", values),
    .init("items", items),
  ]

  private static func list(
    _ name: String, _ summary: String, example: String,
    _ element: @escaping @Sendable (RecordBox.Field) -> Value
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "list", summary: summary,
      signature: Signature([ParameterDefinition("record", .record, "record")]), example: example,
      isPure: true, yieldsToVariables: true, check: { _, _ in .listOf(.unknown) },
      run: { _, arguments in
        guard case .record(let box)? = arguments["record"] else { return .none }
        return .list(ListBox(box.shownFields.map(element)))
      })
  }

  static let keys = list(
    "keys", "The names of a record's fields.", example: "print (a=1, b=2).keys()  # prints: [\"a\", \"b\"]"
  ) { .string(StringBox($0.name)) }

  static let values = list(
    "values", "The values of a record's fields.", example: "print (a=1, b=2).values()  # prints: [1, 2]"
  ) { $0.value }

  static let items = list(
    "items", "The fields of a record as (name, value).",
    example: "for name, value in (a=1).items() { print name, value }  # prints: a 1"
  ) { .tuple(TupleBox([.string(StringBox($0.name)), $0.value])) }
}
