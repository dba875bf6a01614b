#!/bin/sh
# Makes the reference results of this folder anew: sh results/reference/make.sh
# The calibration alone takes a few minutes on two cores. `smpsim` must be on the path, and its Python as `python`.
set -e
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

smpsim calibrate calibrate_behaviour --out "$work/calibration"
smpsim validate --out "$work/validation"
smpsim rank thamm_germany --replications 200 --seed 1 --out "$work/actions"
smpsim compare thamm_germany onodera_user_run --out "$work/compare"
smpsim decide thamm_germany --value 25000 --out "$work/decide" \
  --option "Fast lane: programmes.pilot.visa_lane=priority" \
  --option "Half the seats: programmes.pilot.intakes.seats=60" \
  --option "Campaigns: campaigns" \
  --option "Stay clause: programmes.pilot.contract.retention_clause_months=36"
smpsim explain thamm_germany --with early_engagement --set-b programmes.pilot.intakes.seats=60 -n 40 --json \
  --out "$work/explain" >"$work/explain.json"
python "$here/../../benchmarks/forecast_trial.py" --programmes 200 --runs 1500 --out "$here/forecast_trial.csv"
smpsim sensitivity thamm_germany --seed 1 --out "$work/sensitivity"
smpsim sweep visa_delay_by_training_duration --out "$work/sweep"
smpsim discover where_a_programme_fails --method cart --out "$work/discover"
smpsim search search_thamm_germany --out "$work/search"

for part in parameters left_out fit uncalibrated naive forecasts; do cp "$work/calibration/$part.csv" "$here/calibration_$part.csv"; done
for part in outcomes programmes sizes withheld patterns; do cp "$work/validation/$part.csv" "$here/validation_$part.csv"; done
cp "$work/calibration/parameters.png" "$here/calibration_parameters.png"
cp "$work/calibration/left_out.png" "$here/calibration_left_out.png"
cp "$work/validation/outcomes.png" "$here/validation_outcomes.png"
cp "$work/validation/programmes.png" "$here/validation_programmes.png"
cp "$work/validation/series.png" "$here/validation_series.png"
cp "$work/actions/designs.csv" "$here/actions_thamm_germany.csv"
cp "$work/actions/pairs.csv" "$here/actions_thamm_germany_pairs.csv"
cp "$work/actions/alone.png" "$here/actions_thamm_germany.png"
cp "$work/actions/pairs.png" "$here/actions_thamm_germany_pairs.png"
cp "$work/compare/differences.csv" "$here/compare_differences.csv"
cp "$work/compare/trajectories.png" "$here/compare_trajectories.png"
cp "$work/decide/options.csv" "$here/decide_options.csv"
cp "$work/decide/information.csv" "$here/decide_information.csv"
cp "$work/decide/options.png" "$here/decide_options.png"
cp "$work/decide/regret.png" "$here/decide_regret.png"
python -c 'import json, sys; print(*json.load(sys.stdin)["finding"], sep="\n")' <"$work/explain.json" >"$here/explain_finding.txt"
cp "$work/explain/flows.png" "$here/explain_flows.png"
cp "$work/explain/waterfall.png" "$here/explain_waterfall.png"
cp "$work/sensitivity/indices_placed.png" "$here/sensitivity_placed.png"
cp "$work/sensitivity/indices.csv" "$here/sensitivity_indices.csv"
cp "$work/sweep/summary.csv" "$here/sweep_visa_delay.csv"
cp "$work/sweep/heatmap_placed.png" "$here/sweep_visa_delay.png"
cp "$work/discover/discover_boxes.csv" "$work/discover/discover_judgement.csv" "$here"
cp "$work/discover/discover_boxes.png" "$work/discover/discover_scatter.png" "$here"
for part in pareto robustness; do cp "$work/search/$part.csv" "$here/search_$part.csv"; done
cp "$work/search/front.png" "$here/search_front.png"
cp "$work/search/robustness.png" "$here/search_robustness.png"
# `smpsim validate` predicts with scenarios/posterior.csv, which must be this run's
python "$here/../../docs/make_posterior.py" "$work/calibration" --check
# pages quote these files
python "$here/../../docs/make_reference_tables.py"
python "$here/../../docs/make_assurance.py"
