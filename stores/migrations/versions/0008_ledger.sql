-- What a price is not known for has no cost; that a value was judged by rule is told by its verdict.
alter table model_usage
    alter column cost drop not null,
    alter column cost drop default,
    drop column fallbacks;
comment on column model_usage.cost is 'US dollars; null for a model that the price table does not list';

-- What questions ask of models. A question leaves no run behind, so its calls are added up by day.
create table question_usage (
    workspace_id uuid not null references workspaces on delete cascade,
    day date not null,
    node text not null,
    model text not null,
    calls integer not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    cost double precision,
    primary key (workspace_id, day, node, model)
);
