"""One's own page: name, time zone and language."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...forms.user import ProfileForm
from ...services.team import change_profile
from ..access import me, signed_in
from ..public.parameters import all_zones
from ..responses import see_other


@signed_in
def edit() -> ResponseReturnValue:
    zones = sorted(all_zones())
    if request.method != "POST":
        return render_template("workspace/profile.html", form=ProfileForm(obj=me(), zones=zones))
    form = ProfileForm(request.form, zones=zones)
    if not form.validate():
        return render_template("workspace/profile.html", form=form), 422
    change_profile(form.name.data, form.timezone.data, form.language.data, of=me())
    return see_other("/me?said=saved")
