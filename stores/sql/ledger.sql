-- name: enter
-- One row for each piece of work, so that a step which runs again is not counted twice.
insert into model_usage (workspace_id, run_id, node, item, model, calls, prompt_tokens, completion_tokens,
    cost, cached)
values (%(workspace_id)s, %(run_id)s, %(node)s, %(item)s, %(model)s, %(calls)s, %(prompt_tokens)s,
    %(completion_tokens)s, %(cost)s, %(cached)s)
on conflict (workspace_id, run_id, node, item, model) do update
set calls = excluded.calls, prompt_tokens = excluded.prompt_tokens,
    completion_tokens = excluded.completion_tokens, cost = excluded.cost, cached = excluded.cached

-- name: enter_question
insert into question_usage (workspace_id, day, node, model, calls, prompt_tokens, completion_tokens, cost)
select id, current_date, %(node)s, %(model)s, %(calls)s, %(prompt_tokens)s, %(completion_tokens)s, %(cost)s
from workspaces where id = %(workspace_id)s
on conflict (workspace_id, day, node, model) do update
set calls = question_usage.calls + excluded.calls,
    prompt_tokens = question_usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = question_usage.completion_tokens + excluded.completion_tokens,
    cost = question_usage.cost + excluded.cost

-- name: usage
select coalesce(sum(calls), 0)::int as calls, coalesce(sum(prompt_tokens), 0)::bigint as prompt_tokens,
    coalesce(sum(completion_tokens), 0)::bigint as completion_tokens, coalesce(sum(cost), 0)::float8 as cost,
    coalesce(sum(cached), 0)::int as cached
from model_usage where workspace_id = %(workspace_id)s and run_id = %(run_id)s

-- name: lines_of_run
-- Without a cost where the price of a model is not known.
select node, model, sum(calls)::int as calls, sum(prompt_tokens)::bigint as prompt_tokens,
    sum(completion_tokens)::bigint as completion_tokens,
    case when bool_and(cost is not null) then sum(cost) end as cost, sum(cached)::int as cached
from model_usage where workspace_id = %(workspace_id)s and run_id = %(run_id)s
group by node, model
order by sum(prompt_tokens) desc, node, model

-- name: lines_of_questions
select day, node, model, calls, prompt_tokens, completion_tokens, cost from question_usage
where workspace_id = %(workspace_id)s
order by day desc, node, model
