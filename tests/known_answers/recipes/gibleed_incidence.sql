-- Days at risk and events by ingredient on GiBleed, one row a day: 30 days from the start of each drug era.
-- Written from the rule, with DuckDB 2.0: time at risk lies in the observation period the era starts in; windows that overlap are
-- one; every outcome excludes the days after its start, to its end and `clean` days more; an outcome counts if the day it starts is left.
-- $cap: end with the era at the latest. $outcome: concept. $clean: days.
with at_risk as (
    select distinct e.person_id, e.drug_concept_id as ingredient, unnest(generate_series(
        e.drug_era_start_date::date,
        least(
            e.drug_era_start_date::date + 30,
            o.observation_period_end_date::date,
            case when $cap then e.drug_era_end_date::date else date '9999-12-31' end
        ),
        interval 1 day
    ))::date as day
    from drug_era e
    join observation_period o on o.person_id = e.person_id
        and e.drug_era_start_date::date between o.observation_period_start_date::date and o.observation_period_end_date::date
),
outcomes as (
    select condition_occurrence_id, person_id, condition_start_date::date as first_day,
        coalesce(condition_end_date::date, condition_start_date::date) as last_day
    from condition_occurrence
    where condition_concept_id = $outcome
),
excluded as (
    select distinct person_id, unnest(generate_series(first_day + 1, last_day + $clean::int, interval 1 day))::date as day
    from outcomes
),
left_at_risk as (
    select * from at_risk anti join excluded using (person_id, day)
)
select d.ingredient, count(distinct d.person_id) as persons, count(distinct (d.person_id, d.day)) as person_days,
    count(distinct o.condition_occurrence_id) as events, count(distinct o.person_id) as cases
from left_at_risk d
left join outcomes o on o.person_id = d.person_id and o.first_day = d.day
group by d.ingredient
