// The tables of wrong scripts: what stands there and how its error begins.

enum BadScripts {
  typealias Mistake = BadInputTests.Mistake

  static let texts = [
    Mistake("print 1\n\n\u{FEFF}print 2", "3:1 E0103 unexpected character U+FEFF"),
    Mistake("print\u{A0}1", "1:6 E0103 unexpected character U+00A0"),
    Mistake("print 1 \u{2212} 2", "1:9 E0103 unexpected character U+2212 '−'; did you mean '-'?"),
    Mistake("print 1 \u{202E}", "1:9 E0103"), Mistake("print “a”", "1:7 E0103"),
    Mistake("é = 1", "1:1 E0103"), Mistake("e\u{301} = 1", "1:2 E0103"), Mistake("print ١", "1:7 E0103"),
    Mistake("print \"abc", "1:7 E0104 this string is never closed"), Mistake("print (1", "1:7 E0101"),
    Mistake("print [1", "1:7 E0101"), Mistake("if true {", "1:9 E0101"),
    Mistake("print \"a{1+", "1:9 E0108"), Mistake(#"print "\q""#, "1:8 E0106"),
    Mistake(#"print "\u{110000}""#, "1:8 E0106"), Mistake(#"print "\u{D800}""#, "1:8 E0106"),
    Mistake(String(repeating: "x", count: 256) + " = 1", "1:1 E0116 a name has at most 255 bytes"),
    Mistake("print 99999999999999999999", "1:7 E0105"), Mistake("print 1e400", "1:7 E0105"),
    Mistake("print 0x10", "1:7 E0105"), Mistake("print 1.2.3", "1:7 E0105"), Mistake("print 1e", "1:7 E0105"),
    Mistake("print .5", "1:7 E0105"), Mistake("print 5.", "1:7 E0105"), Mistake("print 1f", "1:7 E0105"),
    Mistake("print 1__0", "1:7 E0105"), Mistake("0 < x < 1", "1:7 E0113"), Mistake("x = ) +", "1:5 E0102"),
    Mistake("1 = 2", "1:1 E0123"), Mistake("train = 3", "1:1 E0120"), Mistake("fn f(a, a) a", "1:9 E0137"),
    Mistake("break", "1:1 E0130"), Mistake("return 1", "1:1 E0131"), Mistake("fn f() { break }", "1:10 E0130"),
    Mistake("on foo { 1 }", "1:4 E0133"), Mistake("param w[2] = zeros()", "1:1 E0134"),
    Mistake("fn f(" + (0..<300).map { "a\($0)" }.joined(separator: ",") + ") 1", "1:1171 E0137 a function has at most"),
  ]

  static let calls = [
    Mistake("print foo", "1:7 E0201 `foo` is not defined"), Mistake("seq(liner(1, 2))", "1:5 E0201"),
    Mistake("linear(1)", "1:1 E0203"), Mistake("linear(\"a\", 2)", "1:8 E0210"), Mistake("linear(0, 2)", "1:8 E0211"),
    Mistake("linear(1.5, 2)", "1:8 E0210"), Mistake("linear(2^63, 1)", "1:8 E0210"),
    Mistake("linear(1e9, 1e9)", "1:1 E0226"), Mistake("linear(1, 2, bais=true)", "1:14 E0202"),
    Mistake("linear(_, 1)", "1:8 E0210"),
    Mistake("fn f(a) a; f()", "1:12 E0203"), Mistake("fn f(a) a; f(1, 2)", "1:17 E0204"),
    Mistake("fn f(a) a; f(b=1)", "1:14 E0202"), Mistake("f = 3; f()", "1:8 E0206"), Mistake("[1]()", "1:1 E0206"),
    Mistake("fn f() f()\nf()", "1:8 E0223 call depth 200 exceeded"),
    Mistake("fn f(n) map([1], fn(x) f(n))\nf(1)", "1:24 E0223"),
    Mistake("print range(0, 10, 0)", "1:20 E0211"), Mistake("x = [1]; print x[5]", "1:18 E0209"),
    Mistake("x = [1]; print x[1.5]", "1:18 E0209"), Mistake("x = [1, 2]; print x[2^63 - 1]", "1:21 E0209"),
    Mistake("print 1 % 0", "1:11 E0217"), Mistake("print 1 / 0", "1:11 E0217"), Mistake("print 1e308 * 10", "1:7 E0219"),
    Mistake("print sqrt(-1)", "1:7 E0219"), Mistake("print log(0)", "1:7 E0219"), Mistake("print exp(1000)", "1:7 E0219"),
    Mistake("print zeros(-1)", "1:13 E0211"), Mistake("print zeros(1.5)", "1:13 E0210"),
    Mistake("print zeros(2^32, 2^32)", "1:7 E0226"), Mistake("print zeros(1e15)", "1:7 E0226"),
    Mistake("print zeros(2, 3) @ zeros(2, 3)", "1:19 E0304"), Mistake("print zeros(2, 3) + zeros(4)", "1:19 E0304"),
    Mistake("print tensor([1e300])", "1:14 E0219 1e300 is too large for a tensor"),
    Mistake("print tensor([[1], [1, 2]])", "1:14 E0220"), Mistake("print number(\"nan\")", "1:14 E0220"),
    Mistake("print [].pop()", "1:7 E0209"), Mistake("print max([])", "1:7 E0220"), Mistake("print len(3)", "1:11 E0220"),
    Mistake("print zip([1], [1, 2])", "1:7 E0220"), Mistake("print sorted([1, \"a\"])", "1:14 E0220"),
    Mistake("print zeros(2, 2).reshape(3)", "1:7 E0304"), Mistake("if 1 { }", "1:4 E0213"),
    Mistake("for i in 3 {}", "1:10 E0214"), Mistake("a, b = [1, 2, 3]", "1:8 E0215"),
    Mistake("print 1 and true", "1:7 E0213"), Mistake("print -\"a\"", "1:7 E0212"),
    Mistake("x = \"a\"\nfor i in 0..<40 { x = x + x }", "2:23 E0220 a string of"),
    Mistake("x = [1]\nfor i in 0..<40 { x = x ++ x }", "2:23 E0220 a list of"),
    Mistake("x = [[1], [2]]; d = (x, [0, 1]) |> batch(2); m = linear(1, 1); print m(d.x) - d.y", "E0304"),
    Mistake("x = tensor([[1, 2], [3, 4]]); print x[[0, 1], [0, 1]]", "1:39 E0209 two lists"),
    Mistake("opt = adam(lr=number(log(tensor(0))))", "1:15 E0211 `lr` of `adam` must be a finite number"),
    Mistake("m = linear(2, 1); print m([[1, 2, 3]])", "1:"),
    Mistake("assert 1 == 2", "1:8 E0222"), Mistake("x = 1; assert x = 3", "1:15 E0202"),
    Mistake("print int(tensor([1e30]))", "1:11 E0220"), Mistake("print None", "1:7 E0201"), Mistake("seed -1", "1:6 E0211"), Mistake("seed 1.5", "1:6 E0210"),
    Mistake("seed 2^64", "1:6 E0210"), Mistake("csv(\"nope.csv\")", "1:5 E0501"), Mistake("csv(3)", "1:5 E0210"),
    Mistake("save \"x\"", "1:6 E0520"), Mistake("load \"nope.safetensors\"", "1:6 E0501"),
    Mistake("([[1]], [[1]]) |> split(train=2)", "1:31 E0211"), Mistake("([[1]], [[1]]) |> batch(0)", "1:25 E0211"),
    Mistake("dropout(1.5)", "1:9 E0211"), Mistake("adam(lr=-1)", "1:9 E0211"), Mistake("adam(lr=\"0.1\")", "1:9 E0210"),
    Mistake("adam(betas=(1, 0.9))", "1:12 E0211"), Mistake("adam(eps=-1)", "1:10 E0211"), Mistake("adam(beta1=0.5)", "1:6 E0202"),
  ]

  /// Behind `model = linear(2, 1); data = ([[1, 2]], [[1]]); loss = mse(); opt = adam(lr=0.1)` on line 1.
  static let trainings = [
    training("train", "E0203"), training("train -1", "E0211"), training("train 1.5", "E0210"),
    training("train 1e18", "E0210"), training("train \"a\"", "E0210"), training("train 1, foo=1", "E0202"),
    training("train 1, model=3", "E0210"), training("train 1, opt=3", "E0210"),
    training("train 5, steps=3", "E0205"),
    training("train 2, stop=early(\"val_loss\")", "E0230 there is no `val_loss` to watch"), training("train 2, val=3", "E0210"),
    training("data = ([[1, 2], [3, 4]], [[1], [2]]) |> split(train=0.5, val=0.5)\ntrain 2, metrics=[accuracy]", "E0303 `accuracy` does not fit"), training("f1([0.2], int([1]))", "E0303"),
    training(
      "d = ([[1], [2]], [[3], [7]]) |> standardize(target=true)\nmodel = linear(1, 1)\ntrain 1, data=d\npredict(d) - d.y",
      "E0212 the file's units"), training("train 1, data=([[1, 2]], int(tensor([-1])))", "E0303"),
    training("train 1, data=([1, 2], [[1], [2]])", "E0302"), training("eval data, model=seq()", "E0"),
    training("data = none\nx = [[1, 2]]\ntrain 1", "E0402 no `data` is given"), training("train 1, loss=3", "E0210"),
    training("train 1, data=3", "E0304"), training("train 1, data=([[1, 2]], [[1], [2]])", "E0303"),
    training("train 1, data=([[1, 2]], [[1, 2]])", "E0303"), training("train 1, data=(\"a\", [[1]])", "E0220"),
    training("on epoch every 0 { 1 }", "E0211"), training("on epoch { nope }", "E0201"),
    training("on epoch { train 1 }\ntrain 1", "E0218"), training("on epoch { x = [1][5] }\ntrain 2", "E0209"),
    training("predict \"a\"", "E0220"), training("eval 3", "E0304"), training("model(\"a\")", "E0220"),
    training("print model[5]", "E0209"), training("print model.foo", "E020"), training("model.weight = 3", "E0304"),
    training("opt.lr = -1", "E0211"),
    training("opt = sgd(lr=0.1, nesterov=true)", "E0211"), training("x = int([1]); x[0] = 1e10", "E0220"), training("opt.foo = 1", "E0208"),
    training("data = data |> split(train=0, test=1)\ntrain 1", "E05"),
    training("model = seq(relu)\ndata = none\ntrain 1", "E0407 the model has no parameters to train"),
    Mistake("data = ([[1e38, 1e38]], [[1]]); model = linear(2, 1); loss = mse(); opt = adam()\ntrain 1", "2:1 E0401", .nonFinite),
  ]

  private static func training(_ line: String, _ error: String) -> Mistake {
    // Only the code is told: the places are told by the tables above.
    Mistake("model = linear(2, 1); data = ([[1, 2]], [[1]]); loss = mse(); opt = adam(lr=0.1)\n" + line, error)
  }
}
