// A client that has Tap's address written into it: Java's HttpClient, and its older URLConnection.
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;

public class Client {
    public static void main(String[] arguments) throws Exception {
        var key = "Bearer " + System.getenv("TAP_SECRET_KEY");
        var request = HttpRequest.newBuilder(URI.create("https://api.tap.company/v2/charges"))
            .header("Authorization", key).header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[0]))).build();
        var body = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
        var connection = (HttpsURLConnection) new URL("https://api.tap.company/v2/charges/chg_none").openConnection();
        connection.setRequestProperty("Authorization", key);
        if (connection.getResponseCode() != 404 && connection.getResponseCode() != 400) {
            throw new Exception("HTTP " + connection.getResponseCode());
        }
        var status = Pattern.compile("\"status\":\"([A-Z]+)\",\"amount\"").matcher(body);
        System.out.println(status.find() ? status.group(1) : body);
    }
}
