from django.http import HttpRequest, JsonResponse


def answer_live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def answer_ready(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})
