// Suggestions: the nearest name, or none.
import AdamSource
import Testing

@Test func `a suggestion is near and never far`() {
  let names = ["linear", "adam", "relu", "pg_enum", "x"]
  #expect(nearest("lineer", in: names) == "linear")
  #expect(nearest("lniear", in: names) == "linear")
  #expect(nearest("nope", in: names) == nil)
  #expect(nearest("y", in: names) == nil)
}
