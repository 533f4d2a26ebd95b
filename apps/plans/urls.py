from __future__ import annotations

from django.urls import path

from apps.plans.views import plan, proposals, setup, tasks, week

app_name = "plans"

urlpatterns = [
    path("week/", week.this_week, name="this_week"),
    path("week/<str:day>/", week.week, name="week"),
    path("day/<str:day>/log/", week.save_day_log, name="save_day_log"),
    path("criteria/<uuid:criterion_id>/", week.meet_criterion, name="meet_criterion"),
    path("plan/", plan.plan, name="plan"),
    path("plan/weeks/<uuid:week_id>/", plan.plan_week, name="plan_week"),
    path("plan/tasks/add/", plan.add_task, name="add_task"),
    path("plan/history/", plan.history, name="history"),
    path("plan/history/<uuid:revision_id>/undo/", plan.undo, name="undo"),
    path("plan/proposals/", proposals.proposals, name="proposals"),
    path("plan/proposals/drop-settled/", proposals.drop_settled, name="drop_settled"),
    path("plan/proposals/<uuid:proposal_id>/drop/", proposals.drop_proposal, name="drop_proposal"),
    path("plan/reflow/", setup.reflow, name="reflow"),
    path("plan/new/", setup.choose_roadmap, name="choose_roadmap"),
    path("plan/new/<slug:slug>/", setup.new_plan, name="new_plan"),
    path("plan/new/<slug:collection>/<slug:slug>/", setup.new_plan, name="new_plan"),
    path("plans/", plan.plans, name="plans"),
    path("plans/<uuid:plan_id>/activate/", plan.activate_plan, name="activate_plan"),
    path("plans/<uuid:plan_id>/delete/", plan.delete_plan, name="delete_plan"),
    path("plans/<uuid:plan_id>/restore/", plan.restore_plan, name="restore_plan"),
    path("settings/hours/", setup.hours, name="hours"),
    path("settings/hours/breaks/", setup.add_break, name="add_break"),
    path("settings/hours/breaks/<uuid:break_id>/", setup.delete_break, name="delete_break"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/tick/", tasks.tick_task, name="tick_task"),
    path("tasks/<uuid:task_id>/timer/", tasks.run_timer, name="run_timer"),
    path("tasks/<uuid:task_id>/minutes/", tasks.log_minutes, name="log_minutes"),
    path("tasks/<uuid:task_id>/note/", tasks.save_note, name="save_note"),
    path("tasks/<uuid:task_id>/skip/", tasks.skip_task, name="skip_task"),
    path("tasks/<uuid:task_id>/move/", tasks.move_task, name="move_task"),
    path("tasks/<uuid:task_id>/edit/", tasks.edit_task, name="edit_task"),
    path("tasks/<uuid:task_id>/delete/", tasks.delete_task, name="delete_task"),
    path("tasks/<uuid:task_id>/reorder/", tasks.reorder_task, name="reorder_task"),
    path("work/<uuid:work_id>/delete/", tasks.delete_minutes, name="delete_minutes"),
]
