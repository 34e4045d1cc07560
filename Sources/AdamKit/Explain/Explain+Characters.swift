// Pages about characters, numbers, strings and words of other languages.
import AdamSyntax

extension Explanation {
  static let characters: [Explanation] = [
    Explanation(
      .foreignCharacter, "a character that scripts do not know",
      """
      Outside of strings and comments a script is written with the characters of a plain keyboard. Texts
      copied from a web page or a document often bring look-alikes: a long dash for a minus, curly quotes,
      a space that is none. Write the plain character; where it is clear which one was meant, the fix does
      it.
      """,
      wrong: "print 5 − 1",
      right: "print 5 - 1"),
    Explanation(
      .unclosedString, "a string is never closed",
      """
      A string begins and ends with `"` on one line. A line break in it is written `\\n`.
      """,
      wrong: "print \"done",
      right: "print \"done\""),
    Explanation(
      .malformedNumber, "not a number as it is written here",
      """
      A number has digits on both sides of its point: `0.5`, `5.0`, `1e-3`, `1_000`. Units such as `10k`
      and hexadecimal numbers do not exist. A whole number beyond 2^53 would silently become another
      number; with an exponent (`1e20`) it may be rounded.
      """,
      wrong: "print .5",
      right: "print 0.5"),
    Explanation(
      .unknownEscape, "an escape that does not exist",
      """
      In a string a backslash starts an escape: `\\n` new line, `\\t` tab, `\\r`, `\\"`, `\\\\`, `\\{`, `\\}` and
      `\\u{20AC}` for any character. For a backslash itself write two.
      """,
      wrong: "print \"C:\\data\"",
      right: "print \"C:\\\\data\""),
    Explanation(
      .doubledBrace, "a doubled brace in a string",
      """
      In a string `{x}` shows the value of `x`. A brace itself is written `\\{`, not `{{`.
      """,
      wrong: "print \"{{x}}\"",
      right: "print \"\\{x}\""),
    Explanation(
      .brokenInterpolation, "a `{` in a string is not closed on its line",
      """
      A string ends on its line, and so does each `{…}` in it. Compute a long value before and name it;
      for a brace itself write `\\{`.
      """,
      wrong: """
      print "sum {1 +
      2}"
      """,
      right: """
      total = 1 + 2
      print "sum {total}"
      """),
    Explanation(
      .formatSpec, "not a number format",
      """
      Behind the colon of `{x:…}` stands a format: fill and alignment (`>`, `<`, `^`), a sign `+`, a
      leading `0`, a width, `,` for thousands, `.` and a precision, and one of `d f e g % s x`. Examples:
      `.3f`, `8.2f`, `>10`, `.1%`, `02d`.
      """,
      wrong: "print \"{1.5:zz}\"",
      right: "print \"{1.5:.2f}\""),
    Explanation(
      .foreignToken, "a word or sign of another language",
      """
      The script uses what Python, C or another language writes and adam writes otherwise: `**` is `^`,
      `&&` is `and`, `elif` is `else if`, `None` is `none`, comments start with `#`. The message names the
      line to write; where both mean exactly the same, the fix is safe.
      """,
      wrong: "print 2 ** 10",
      right: "print 2 ^ 10"),
    Explanation(
      .encoding, "not a text",
      """
      A script is a UTF-8 text without NUL bytes. Files of other kinds (a model, an image, a text in
      another encoding) are refused as a whole. Save the script as UTF-8; give data files to `csv(…)` or
      `load`.
      """,
      wrong: "print \"a\u{0}b\"",
      right: "print \"ab\""),
    Explanation(
      .tooLarge, "larger than a script may be",
      """
      A script has at most 64 MB, a string in it 16 MB and a name 255 bytes. Keep data in files of its
      own.
      """,
      wrong: String(repeating: "a", count: 300) + " = 1",
      right: "short_name = 1"),
  ]
}
