-- Part NNN: a model, its data and a training
seed(NNN)
rate_NNN = 1e-3 * (NNN + 1) / 2.5
function scale_NNN(x, by)
  local y = x * by + rate_NNN
  if y > 10 then y = y / 2 else y = y - 1 end
  return y
end
values_NNN = {1, 2, 3.5, -4e-2, scale_NNN(3, 2.0), scale_NNN(4, 2)}
total_NNN = 0
for k, v in ipairs(values_NNN) do
  total_NNN = total_NNN + v * k                -- weighted by the place
  while total_NNN > 100 do total_NNN = total_NNN - 7 end
end
names_NNN = {first = "run NNN", second = {0, 1}, third = total_NNN >= 3 and not false}
model_NNN = seq(linear(4, 32), relu, dropout(0.1), linear(32, 1))
opt_NNN = adamw {lr = rate_NNN, weight_decay = 0.01, betas = {0.9, 0.999}}
x_NNN = zeros(8, 4) + 0.5; t_NNN = column(x_NNN, 0) * 2 - column(x_NNN, 1) ^ 2
train(2, {model = model_NNN, data = {x_NNN, column(x_NNN, 0)}, loss = mse(), opt = opt_NNN})
print(string.format("total %.3f of %s: %d values", total_NNN, names_NNN.first, #values_NNN))
